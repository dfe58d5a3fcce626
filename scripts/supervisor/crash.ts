import type { ProcessCrash } from '@xray-lab/labs/server/contract';

/** What a process that ended unasked said of its end: everything of a `ProcessCrash` but when and how. */
export type LastWords = Omit<ProcessCrash, 'at' | 'how'>;

export interface CrashPlaces {
  /** How a file is named to a person; undefined for one that is not ours (a package, Node itself). */
  nameOf(path: string): string | undefined;
  /** The text of a file, to find a line that Node does not number; undefined when it can't be read. */
  read?(path: string): string | undefined;
}

/** `file:///shop/a.ts:8`, `/shop/a.ts:8` or `node:fs:621`, alone on its line: Node names the place before the error. */
const PLACE = /^(?:file:\/\/)?((?:\/|node:|[A-Za-z]:[\\/]).*?):(\d+)$/;
/** `    at charge (file:///shop/a.ts:8:15)`, `    at async file:///shop/a.ts:8:15` */
const FRAME = /^\s+at (?:.*\()?(?:async )?(?:file:\/\/)?((?:\/|node:|[A-Za-z]:[\\/]).*?):(\d+):\d+\)?$/;
/** `SyntaxError [ERR_INVALID_TYPESCRIPT_SYNTAX]: Expression expected`; the code is for programs. */
const NAMED = /^(?:Uncaught )?([A-Za-z_$][\w$]*)(?: \[\w+\])?: (.*)$/;

/** A crash in a sentence: `ended with exit code 1: SyntaxError: Expression expected, sample-app/services/payment/provider.ts:8` */
export function inWords({ how, error, message, file, line }: ProcessCrash): string {
  const said = [error, message].filter((part) => part !== undefined).join(': ');
  const place = file === undefined ? '' : `, ${file}${line === undefined ? '' : `:${line}`}`;
  return `${how}${said === '' ? '' : `: ${said}`}${place}`;
}

/**
 * Reads why a process ended out of the last lines it wrote: Node's report of an uncaught error, the `fatal` line of a log, or
 * the last line that is neither stack nor source. Undefined when it wrote nothing.
 */
export function lastWordsIn(lines: readonly string[], places: CrashPlaces): LastWords | undefined {
  return nodesReport(lines, places) ?? fatalLogLine(lines, places) ?? lastLine(lines);
}

/** Node prints a place, the source there, the error with its stack, and ends with its own version. */
function nodesReport(lines: readonly string[], places: CrashPlaces): LastWords | undefined {
  const end = lines.findLastIndex((line) => /^Node\.js v\d/.test(line));
  const report = lines.slice(0, Math.max(end, 0));
  // Of an error in a module Node names the line of its own that met it first, and then the module's.
  const start = report.findLastIndex((line) => placeIn(line) !== undefined);
  if (start === -1) return undefined;
  const said = afterSource(report.slice(start + 1));
  const words = errorIn(said[0]);
  return words && { ...words, ...whereabouts(placeIn(report[start]), said, words.message ?? '', places) };
}

/** Without the source: some lines of it with a `^` below the last, which an end of the file does not have. */
function afterSource(report: readonly string[]): readonly string[] {
  const caret = report.findIndex((line) => /^\s*\^+\s*$/.test(line));
  const error = report.findIndex((line) => /^\w*(?:Error|Exception|Rejection)\b/.test(line));
  const from = caret === -1 ? error : caret + 1;
  const rest = report.slice(from === -1 ? 1 : from);
  return rest.slice(
    Math.max(
      0,
      rest.findIndex((line) => line.trim() !== ''),
    ),
  );
}

interface Place {
  path: string;
  line: number;
}

function placeIn(line: string | undefined): Place | undefined {
  const found = PLACE.exec(line ?? '');
  return found ? { path: pathOf(found[1] ?? ''), line: Number(found[2]) } : undefined;
}

const pathOf = (text: string) => (text.includes('%') ? decodeURI(text) : text);

function errorIn(line: string | undefined): Pick<LastWords, 'error' | 'message'> | undefined {
  if (line === undefined || line.trim() === '') return undefined;
  const named = NAMED.exec(line);
  return named ? { error: named[1]!, message: named[2]! } : { message: line.trim() };
}

/** The place Node names, when it is ours; else the innermost line of ours in the stack; else who asked for what is missing. */
function whereabouts(
  named: Place | undefined,
  stack: readonly string[],
  message: string,
  places: CrashPlaces,
): Pick<LastWords, 'file' | 'line' | 'source'> {
  const frames = stack.flatMap((line) => {
    const found = FRAME.exec(line);
    return found ? [{ path: pathOf(found[1] ?? ''), line: Number(found[2]) }] : [];
  });
  const own = [...(named ? [named] : []), ...frames].find(({ path }) => places.nameOf(path) !== undefined);
  const place = own ?? importer(message, places);
  if (!place) return {};
  const source = places.read?.(place.path)?.split('\n')[(place.line ?? 0) - 1]?.trim();
  return {
    file: places.nameOf(place.path)!,
    ...(place.line !== undefined && { line: place.line }),
    ...(source && { source }),
  };
}

/** Of a missing module Node names the file that asked for it and not the line. */
function importer(
  message: string,
  { nameOf, read }: CrashPlaces,
): { path: string; line?: number } | undefined {
  const found = /^Cannot find (?:module|package) '([^']+)' imported from (.+)$/.exec(message);
  const path = found?.[2];
  if (path === undefined || nameOf(path) === undefined) return undefined;
  const wanted = (found?.[1] ?? '').split('/').at(-1) ?? '';
  const index = read?.(path)
    ?.split('\n')
    .findIndex((line) => /\b(?:from|import)\b/.test(line) && line.includes(wanted));
  return { path, ...(index !== undefined && index !== -1 && { line: index + 1 }) };
}

/** A program that ends itself says why in its log; a mistake in it comes with the stack. */
function fatalLogLine(lines: readonly string[], places: CrashPlaces): LastWords | undefined {
  for (const line of lines.toReversed()) {
    if (!line.startsWith('{')) continue;
    const entry = entryIn(line);
    if (entry?.level !== 'fatal' && entry?.level !== 60) continue;
    const { msg, err } = entry;
    const message = err?.message ?? msg;
    if (message === undefined) return undefined;
    const stack = err?.stack?.split('\n') ?? [];
    return {
      ...(err?.type !== undefined && { error: err.type }),
      message,
      ...whereabouts(undefined, stack, message, places),
    };
  }
  return undefined;
}

interface LogEntry {
  level?: string | number;
  msg?: string;
  err?: { type?: string; message?: string; stack?: string };
}

function entryIn(line: string): LogEntry | undefined {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return undefined;
  }
}

/** The sentence without the stack around it. */
function lastLine(lines: readonly string[]): LastWords | undefined {
  const isWords = (line: string) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line);
  const line =
    lines.findLast((text) => isWords(text) && /\b\w*(?:Error|ERROR)\b.*:/.test(text)) ??
    lines.findLast(isWords);
  if (line === undefined) return undefined;
  const entry = line.startsWith('{') ? entryIn(line) : undefined;
  const message = entry?.err?.message ?? entry?.msg;
  return message === undefined ? errorIn(line) : { message };
}
