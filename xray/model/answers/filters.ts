import { parseFilterExpression } from '../filter-expression/index.ts';
import type { Reading } from './reading.ts';
import { pieceOf, shellWords } from './shell-words.ts';

/**
 * The filter expression in what was pasted: bare, in quotes of a shell or a program, behind `--filter-expression`, in
 * a whole `aws xray …` command, as member `FilterExpression`, or in the address of the trace list. Whether the
 * expression is right is not asked here: when nothing that can be read is found, the likeliest text is returned, so
 * that X-Ray can say what is wrong with it.
 */
export function readFilter(answer: unknown): Reading<string> {
  const text = typeof answer === 'string' ? answer.trim() : '';
  const candidates = candidatesIn(text)
    .map((candidate) => candidate.trim().replace(/\s*\r?\n\s*/g, ' '))
    .filter((candidate) => candidate !== '');
  if (isCommand(text) && !text.includes('--filter-expression'))
    return { problem: 'This command has no --filter-expression.' };
  const value = candidates.find(isReadable) ?? candidates[0];
  return value === undefined ? { problem: 'There is no filter expression.' } : { value };
}

/** A pasted command of the AWS CLI. */
const isCommand = (text: string): boolean => /^(?:\$\s+)?aws\s+xray\s/.test(text);

function isReadable(text: string): boolean {
  try {
    parseFilterExpression(text);
    return true;
  } catch {
    return false;
  }
}

/** What may be the expression; the likeliest first. */
function candidatesIn(text: string): string[] {
  const address = filterOfAddress(text);
  if (address !== undefined) return [address];
  const [, flagged] = /(?:^|\s)--filter-expression(?:=|\s+|\s*\\\r?\n\s*)(.*)$/s.exec(text) ?? [];
  const [, member] = /(?:^|[\s{(,])["']?FilterExpression["']?\s*[:=]\s*(.*)$/s.exec(text) ?? [];
  const found =
    flagged !== undefined
      ? argumentSpellings(flagged)
      : member !== undefined
        ? [pieceOf(member)[1], ...argumentSpellings(member)]
        : spellingsOf(text);
  // Word processors and chats turn quotes into curly ones.
  return [
    ...found,
    ...found.map((spelling) => spelling.replace(/[“”„]/g, '"').replace(/[‘’]/g, "'")),
  ].flatMap((spelling, index) => (index < found.length ? [spelling] : [spelling, ...spellingsOf(spelling)]));
}

/** What follows `--filter-expression` up to the next flag: one quoted word, or words whose quotes were forgotten. */
function argumentSpellings(argument: string): string[] {
  const word = shellWords(argument)[0] ?? '';
  const unquoted = argument.split(/\s--[a-z]/)[0] ?? '';
  return /^(?:\$?['"]|\\)/.test(argument) ? [word, unquoted] : [...spellingsOf(unquoted), word];
}

/** The text as it is, then without what a shell or a program put around and into it. */
function spellingsOf(text: string): string[] {
  const words = shellWords(text);
  const isOneWord = /^\$?['"`]/.test(text) && words.length === 1;
  if (isOneWord && words[0] === '') return [];
  const inner = /^(["'`])(.*)\1$/s.exec(text)?.[2];
  return [
    // `"annotation.x = "y""`: quotes around quotes, as people type them.
    ...(inner !== undefined && isReadable(inner) ? [inner] : []),
    ...(isOneWord && isReadable(words[0] ?? '') ? [words[0] ?? ''] : []),
    text,
    ...(isOneWord ? [words[0] ?? ''] : []),
    text.replace(/\\(["'])/g, '$1'),
  ];
}

/** `…/console/traces/?filter=…`, copied from the browser. */
function filterOfAddress(text: string): string | undefined {
  if (!/^https?:\/\/\S+$/.test(text)) return undefined;
  try {
    return new URL(text).searchParams.get('filter') ?? undefined;
  } catch {
    return undefined;
  }
}
