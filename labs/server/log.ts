/** As much of pino's logger as this process uses. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** For tests: nothing is written. */
export const silent: Log = { info() {}, warn() {}, error() {} };
