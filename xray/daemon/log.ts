import { terminalText } from '../terminal-text.ts';

/** The daemon's own log format, which learners grep: `2026-11-22T17:35:44Z [Info] text`. */
export interface Log {
  debug(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

const severities = { Debug: 0, Info: 1, Warn: 2, Error: 3 } as const;

/** What `-l` and `Logging.LogLevel` may be. `prod` is info, `dev` debug, as in AWS's daemon. */
export const logLevels = {
  dev: severities.Debug,
  debug: severities.Debug,
  info: severities.Info,
  prod: severities.Info,
  warn: severities.Warn,
  error: severities.Error,
} as const;

export type LogLevel = keyof typeof logLevels;

/** A word that is no level is passed over; AWS's daemon logs everything where the file's is none. */
export function logLevelOf(flag: string, file: string): LogLevel {
  const isLevel = (text: string): text is LogLevel => Object.hasOwn(logLevels, text);
  if (isLevel(flag)) return flag;
  return isLevel(file) ? file : 'dev';
}

/**
 * What is written acts on nothing: an escape in it is shown. Line feeds are the daemon's own, as in AWS's; whoever logs what a
 * datagram says puts it on one line (`terminalLine`), so that it can't begin a line of somebody else's.
 * @param write receives one line with its line feed
 */
export function createLog(level: LogLevel, write: (line: string) => void, now: () => Date): Log {
  const line = (name: keyof typeof severities) => (text: string) => {
    if (severities[name] < logLevels[level]) return;
    write(`${now().toISOString().slice(0, 19)}Z [${name}] ${terminalText(text)}\n`);
  };
  return { debug: line('Debug'), info: line('Info'), warn: line('Warn'), error: line('Error') };
}
