import { writeSync } from 'node:fs';

/** What pino writes its lines to. */
export interface LogOutput {
  write(line: string): void;
}

/** Some of the bytes, from a place in them on, into a file. Returns how many. */
type Write = (file: number, bytes: Buffer, from?: number) => number;

const STANDARD_OUTPUT = 1;
const STANDARD_ERROR = 2;

/** A reader of a pipe that is slower than us gets so long before the rest of a line is given up. */
const PATIENCE_MILLISECONDS = 50;

/**
 * Standard output for a log. A full disk, a broken pipe, a disk that fails cost lines, never the process: a program that serves goes on
 * serving. That lines are lost is said once on standard error, which may be somewhere else, until lines get through again.
 * @param name who says so
 */
export function logOutput(name: string, write: Write = writeSync): LogOutput {
  let isLosing = false;
  return {
    write(line) {
      try {
        writeWhole(write, STANDARD_OUTPUT, Buffer.from(line));
        isLosing = false;
      } catch (error) {
        if (isLosing) return;
        isLosing = true;
        const { code = String(error) } = error as NodeJS.ErrnoException;
        const why = code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : code;
        try {
          write(STANDARD_ERROR, Buffer.from(`${name}: lines of the log are lost: ${why}.\n`));
        } catch {
          // There is nobody left to tell.
        }
      }
    },
  };
}

/** A pipe may take a line in parts. */
function writeWhole(write: Write, file: number, bytes: Buffer): void {
  const patienceEnds = Date.now() + PATIENCE_MILLISECONDS;
  for (let written = 0; written < bytes.length;) {
    try {
      written += write(file, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || Date.now() > patienceEnds) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}
