import {
  closeSync,
  copyFileSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import { devNull } from 'node:os';
import { dirname } from 'node:path';

/**
 * A log is copied to `NAME.log.1` and emptied past this size; children append, so they go on at the start. All logs of the lab
 * together take some 150 MB at most.
 */
export const LIMIT_BYTES = 5 * 1024 * 1024;

/** One process's log: its standard output and error, appended by the process itself. */
export class LogFile {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true });
    closeSync(this.open());
  }

  /** A descriptor to hand to a child; close it after spawning. Where no file can be made, the child's words go nowhere. */
  open(): number {
    try {
      return openSync(this.path, 'a');
    } catch {
      return openSync(devNull, 'a');
    }
  }

  size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Where there is no room for the copy, what was logged goes without one: the log itself would take more and more. */
  rotate(): void {
    if (this.size() < LIMIT_BYTES) return;
    try {
      copyFileSync(this.path, `${this.path}.1`);
    } catch {
      rmSync(`${this.path}.1`, { force: true });
    }
    try {
      truncateSync(this.path);
    } catch {
      // Of a disk that fails there is nothing to be had; the next time may go well.
    }
  }

  /** The last lines, oldest first. `from` skips what was written before that byte. */
  tail(lines: number, from = 0): string[] {
    try {
      const text = readFileSync(this.path).subarray(from).toString('utf8').trimEnd();
      return text === '' ? [] : text.split('\n').slice(-lines);
    } catch {
      return [];
    }
  }
}
