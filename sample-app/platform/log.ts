import { pino } from 'pino';
import { logOutput } from './log-output.ts';

let readTraceId: () => string | undefined = () => undefined;

/** Makes every log line carry the id that `read` finds, so that a line leads to its trace. See tracing.ts. */
export function carryTraceId(read: () => string | undefined): void {
  readTraceId = read;
}

/** JSON lines on standard output. `LOG_LEVEL` is pino's: debug, info (by default), warn, error, silent. */
export const log = pino(
  {
    level: process.env.LOG_LEVEL || 'info',
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin() {
      const traceId = readTraceId();
      return traceId === undefined ? {} : { traceId };
    },
  },
  logOutput('log'),
);
