/** The X-Ray API as a program. Settings come from the environment; see settings.ts. */
import { createServer } from 'node:http';
import pino from 'pino';
import { limitProfiles } from '../limits.ts';
import { startRetention } from '../store/retention.ts';
import { openStore } from '../store/sqlite/index.ts';
import { createApi } from './server.ts';
import { readSettings } from './settings.ts';

const settings = orExit(() => readSettings(process.env));
const log = pino({ name: 'xray-api', level: settings.logLevel });
const now = () => Date.now() / 1000;
const store = orExit(() => openStore(settings.storePath));
const stopRetention = startRetention(store, {
  now,
  maximumBytes: settings.storeBytes,
  onError: (err) => log.error({ err }, 'forgetting old traces failed'),
});

const app = createApi({
  store,
  now,
  log,
  limits: limitProfiles[settings.profile],
  region: settings.region,
});
// Longer than clients keep an idle connection, so that it is never us who closes one that is about to be used.
const server = createServer({ keepAliveTimeout: 75_000 }, app);
server.on('error', (error: NodeJS.ErrnoException) => {
  const { host, port } = settings;
  exit(
    error.code === 'EADDRINUSE'
      ? `Port ${port} on ${host} is taken. Stop the process that listens there, or choose another one in PORT.`
      : `Cannot listen on ${host}:${port}: ${error.message}. Set HOST and PORT to an address of this machine.`,
  );
});
server.listen(settings.port, settings.host, () => {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  log.info({ host: settings.host, port, store: settings.storePath, profile: settings.profile }, 'listening');
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, drain);

/** Takes no new requests, answers the ones in progress, closes the file. */
function drain(): void {
  stopRetention();
  server.close(() => {
    store.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 1_000).unref();
}

function orExit<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    return exit((error as Error).message);
  }
}

function exit(sentence: string): never {
  process.stderr.write(`xray-api: ${sentence}\n`);
  process.exit(1);
}
