/** The X-Ray API as a program. Settings come from the environment; see settings.ts. */
import { createServer } from 'node:http';
import pino from 'pino';
import { insightNotice } from '../insights/notice.ts';
import { startInsights } from '../insights/watch.ts';
import { limitProfiles } from '../limits.ts';
import { logOutput } from '../log-output.ts';
import { startIndexing } from '../store/indexing.ts';
import { startRelease } from '../store/release.ts';
import { startRetention } from '../store/retention.ts';
import { openStore } from '../store/sqlite/index.ts';
import { terminalText } from '../terminal-text.ts';
import { liveSettings } from './live-settings.ts';
import { createApi } from './server.ts';
import { readSettings } from './settings.ts';
import { storeTrouble } from './store-trouble.ts';

// The store holds what requests carried: nobody else on this machine needs to read it.
process.umask(0o077);
const settings = orExit(() => readSettings(process.env));
const log = pino({ name: 'xray-api', level: settings.logLevel }, logOutput('xray-api'));
const now = () => Date.now() / 1000;
const live = orExit(() =>
  liveSettings(settings.livePath, settings.live, {
    onError: (sentence) => log.error(sentence),
    onChange: (changed) => log.info({ ...changed, file: settings.livePath }, 'settings changed'),
  }),
);
const access = settings.identitiesPath === undefined ? undefined : await openAccess(settings.identitiesPath);
const store = orExit(() => openStore(settings.storePath, (notice) => log.warn(notice), settings.storeBytes));
const trouble = storeTrouble(store, log, now);
const stopRetention = startRetention(store, {
  now,
  maximumBytes: settings.storeBytes,
  onError: (err) => trouble.isLogged(err) || log.error({ err }, 'forgetting old traces failed'),
});
const stopIndexing = startIndexing(store, (err) => log.error({ err }, 'digesting traces failed'));
const stopRelease = startRelease(store, {
  now,
  delay: () => live().visibilityDelay,
  onError: (err) => trouble.isLogged(err) || log.error({ err }, 'making waiting documents visible failed'),
});
const stopInsights = startInsights(store, {
  now,
  visibilityDelay: () => live().visibilityDelay,
  onEvent: (notice) => log.info(...insightNotice(notice)),
  onError: (err) => trouble.isLogged(err) || log.error({ err }, 'looking for insights failed'),
});

const app = createApi({
  store,
  now,
  log,
  limits: { ...limitProfiles[settings.profile], checksTraceIdAge: settings.checksTraceIdAge },
  region: settings.region,
  access,
  rate: { callsPerSecond: () => live().callsPerSecond, code: settings.throttlingCode },
  visibilityDelay: () => live().visibilityDelay,
  allowedHosts: settings.allowedHosts,
});
// Longer than clients keep an idle connection, so that it is never us who closes one that is about to be used.
// A request that takes longer than a minute to arrive is none that a client of X-Ray sends.
const server = createServer({ keepAliveTimeout: 75_000, requestTimeout: 60_000 }, app);
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
  stopRelease();
  stopInsights();
  stopIndexing();
  server.close(() => {
    store.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 1_000).unref();
}

/** Signatures and policies by the identities file, which is made when it is not there. Loaded only where it is wanted. */
async function openAccess(file: string) {
  const [{ accessControl }, { makeIdentityFile, openIdentityFile }] = await Promise.all([
    import('./access-control.ts'),
    import('../iam/index.ts'),
  ]);
  return orExit(() => {
    if (makeIdentityFile(file, settings.credentials)) log.info({ file }, 'made an identities file');
    const identities = openIdentityFile(file, {
      onError: (sentence) => log.error(sentence),
      onChange: ({ size }) => log.info({ file, identities: size }, 'identities changed'),
    });
    return accessControl({ identities, checksRegion: () => live().checksRegion });
  });
}

function orExit<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    return exit((error as Error).message);
  }
}

function exit(sentence: string): never {
  process.stderr.write(`xray-api: ${terminalText(sentence)}\n`);
  process.exit(1);
}
