import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs';
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
    closeSync(openSync(path, 'a'));
  }

  /** A descriptor to hand to a child; close it after spawning. */
  open(): number {
    return openSync(this.path, 'a');
  }

  size(): number {
    return statSync(this.path, { throwIfNoEntry: false })?.size ?? 0;
  }

  rotate(): void {
    if (this.size() < LIMIT_BYTES) return;
    copyFileSync(this.path, `${this.path}.1`);
    truncateSync(this.path);
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
