/** The database server of the on-premises host: PostgreSQL's wire protocol on a TCP port, so any client can connect. */
import { join } from 'node:path';
import { z } from 'zod';
import { log } from '../../platform/log.ts';
import { run } from '../../platform/process.ts';
import { listening, readSettings } from '../../platform/settings.ts';

/** Those of legacy-pricing, of a person with psql, and of whoever asks whether the port is open. */
const MOST_CONNECTIONS = 20;

/** After this long the process ends, whoever is still connected. */
const STOP_MILLISECONDS = 3000;

const NOT_INSTALLED =
  'PostgreSQL is not installed yet: npm start brings it behind the first trace, and needs the network for it once. ' +
  'Wait until it says that everything is there, or run `node scripts/setup.mjs`; then start legacy-pricing again.';

run(async () => {
  const { HOST, PORT, LAB_HOME, DATABASE_TEMPLATE } = readSettings({
    ...listening(5434),
    LAB_HOME: z.string().min(1).default('.lab'),
    /** A database's folder. Where there is none of its own yet, the server begins with a copy of it. */
    DATABASE_TEMPLATE: z.string().min(1).optional(),
  });
  const { PGLiteSocketServer, openDatabase } = await loaded();
  const database = await openDatabase(join(LAB_HOME, 'legacy-database'), DATABASE_TEMPLATE);
  const server = new PGLiteSocketServer({
    db: database,
    host: HOST,
    port: PORT,
    maxConnections: MOST_CONNECTIONS,
  });
  await server.start().catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE'
      ? new Error(
          `legacy-database can't listen on ${HOST}:${PORT}, because another program does. Stop it, or set PORT to a free port.`,
        )
      : error;
  });
  const port = Number(server.getServerConn().split(':').at(-1));
  log.info(
    { service: 'legacy-database', host: HOST, port },
    `legacy-database listens on ${server.getServerConn()}`,
  );

  const stop = async () => {
    setTimeout(() => process.exit(0), STOP_MILLISECONDS).unref();
    await server.stop();
    await database.close();
    process.exit(0);
  };
  process.once('SIGTERM', () => void stop());
  process.once('SIGINT', () => void stop());
});

/** PostgreSQL is an optional dependency, and large: the rest of the lab does not wait for it. */
async function loaded() {
  try {
    const [{ PGLiteSocketServer }, { openDatabase }] = await Promise.all([
      import('@electric-sql/pglite-socket'),
      import('./database.ts'),
    ]);
    return { PGLiteSocketServer, openDatabase };
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' ? new Error(NOT_INSTALLED) : error;
  }
}
