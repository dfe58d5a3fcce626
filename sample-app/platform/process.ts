import { createServer, type RequestListener, type Server } from 'node:http';
import { log } from './log.ts';
import { withoutWebPages } from './web-pages.ts';

const inProgress = new Set<Promise<unknown>>();

/** Work that goes on after the answer. Its failure is logged; a stopping process waits for it. */
export function inBackground(what: string, work: Promise<unknown>): void {
  const logged = work.catch((error: unknown) => log.error({ err: error }, `${what} failed`));
  inProgress.add(logged);
  void logged.finally(() => inProgress.delete(logged));
}

/** Long after any client gave the connection up, so that no request meets a connection that is just closing. */
const KEEP_ALIVE_MILLISECONDS = 75_000;

/** How long requests in progress may take once the process is told to stop. */
const DRAIN_MILLISECONDS = 1500;

/**
 * Serves `handler` until SIGTERM or SIGINT, then lets requests in progress finish. A port that is taken ends the
 * process with exit code 1 and one sentence that says so.
 */
export function listen(
  name: string,
  handler: RequestListener,
  where: { HOST: string; PORT: number },
): Server {
  const { HOST, PORT } = where;
  const server = createServer(withoutWebPages(handler));
  server.keepAliveTimeout = KEEP_ALIVE_MILLISECONDS;

  server.on('listening', () => {
    const bound = server.address();
    const port = typeof bound === 'object' ? bound?.port : PORT;
    log.info({ service: name, host: HOST, port }, `${name} listens on http://${HOST}:${port}`);
  });
  server.on('error', (error: NodeJS.ErrnoException) => {
    log.fatal(
      error.code === 'EADDRINUSE'
        ? `${name} can't listen on ${HOST}:${PORT}, because another program does. Stop it, or set PORT to a free port.`
        : `${name} can't listen on ${HOST}:${PORT}: ${error.message}.`,
    );
    process.exit(1);
  });

  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(0), DRAIN_MILLISECONDS);
    server.close(() => {
      // One more turn of the event loop, so that the last segment leaves.
      void Promise.allSettled(inProgress).then(() => setTimeout(() => process.exit(0), 20));
    });
    server.closeIdleConnections();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  return server.listen(PORT, HOST);
}

/** Runs a service's main program. A start-up error is one sentence in the log, and exit code 1; a mistake in the program comes with its stack. */
export function run(start: () => void | Promise<void>): void {
  Promise.resolve()
    .then(start)
    .catch((error: Error) => {
      // What this repository throws for a reader is a plain Error: a setting that is wrong, a port that is taken.
      const isMistake = error.constructor !== Error;
      log.fatal(isMistake ? { err: error } : {}, error.message);
      process.exit(1);
    });
}
