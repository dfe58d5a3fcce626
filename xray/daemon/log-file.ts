import {
  closeSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** AWS's daemon starts a new file when the one in use has reached this. */
const rotationBytes = 50 * 1024 * 1024;

/** So many full files stay beside the one in use. */
const filesKept = 1;

export interface LogFileOptions {
  /** `Logging.LogRotation`. */
  rotates: boolean;
  /** Bytes; for tests. */
  rotationSize?: number;
  /** Told of the first line that can't be written; the daemon goes on without it. */
  onLoss?(error: Error): void;
}

/**
 * Opens a log file, with its folders, and returns what appends a line to it. A full one is renamed to `NAME.1`, the next
 * one to `NAME.2` while `NAME.1` goes: numbers rise, one old file stays. Throws Node's error when it can't be opened.
 */
export function openLogFile(
  path: string,
  { rotates, rotationSize = rotationBytes, onLoss = () => {} }: LogFileOptions,
) {
  mkdirSync(dirname(path), { recursive: true });
  let file = openSync(path, 'a', 0o600);
  let bytes = fstatSync(file).size;

  const rotate = (): void => {
    putAside(path);
    const full = file;
    file = openSync(path, 'a', 0o600);
    closeSync(full);
    bytes = 0;
  };

  let isLosing = false;
  return (line: string): void => {
    try {
      if (rotates && bytes >= rotationSize) rotate();
      bytes += writeSync(file, line);
      isLosing = false;
    } catch (error) {
      if (!isLosing) onLoss(error as Error);
      isLosing = true;
    }
  };
}

function putAside(path: string): void {
  const folder = dirname(path);
  const start = `${basename(path)}.`;
  const numbers = readdirSync(folder)
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => a - b);
  const next = (numbers.at(-1) ?? 0) + 1;
  renameSync(path, `${path}.${next}`);
  for (const number of [...numbers, next].slice(0, -filesKept)) rmSync(join(folder, start + number));
}
