import { readFileSync } from 'node:fs';

/**
 * Milliseconds between two looks at a file. The files are small, so they are read whole: time and size would not tell
 * about two edits within one tick of the file system's clock.
 */
const lookEveryMilliseconds = 200;

export interface WatchedFile<Value> {
  /** What the file says, as of at most 200 ms ago. */
  current(): Value;
}

export interface WatchedFileOptions<Value> {
  /** The meaning of the text; undefined when there is no file. Throws an Error of one sentence for what has none. */
  parse(text: string | undefined): Value;
  /** Called once for each broken version; what the file said before stays in force. */
  onError(sentence: string): void;
  onChange?(value: Value): void;
  /** Milliseconds of a clock that never goes back. */
  clock?: (() => number) | undefined;
}

/**
 * A file that may be changed at any time, such as by a lab while it runs. It is looked at when somebody asks, so it costs
 * nothing in between and needs no notification of the operating system, which containers and network disks do not give.
 * Throws what `parse` throws when the file cannot be used from the start.
 */
export function watchFile<Value>(path: string, options: WatchedFileOptions<Value>): WatchedFile<Value> {
  const { parse, onError, onChange, clock = () => performance.now() } = options;
  let text = read(path);
  let value = parse(text);
  let problem: string | undefined;
  let lastLook = clock();

  function look(): void {
    try {
      const next = read(path);
      if (next === text && problem === undefined) return;
      value = parse(next);
      text = next;
      problem = undefined;
      onChange?.(value);
    } catch (error) {
      const { message } = error as Error;
      if (message !== problem) onError(`${message} What it said before stays in force.`);
      problem = message;
    }
  }

  return {
    current() {
      const time = clock();
      if (time - lastLook >= lookEveryMilliseconds) {
        lastLook = time;
        look();
      }
      return value;
    },
  };
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new Error(`${path} cannot be read: ${message}. Change its permissions, or put a file there.`, {
      cause: error,
    });
  }
}
