import type { z } from 'zod';

type Issue = Parameters<z.core.$ZodErrorMap>[0];

const kinds: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  tuple: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

/** What a thing of this kind has so many of. */
const units: Readonly<Record<string, string>> = { string: 'character', array: 'entry', set: 'entry' };

/**
 * What is wrong with a value in a sentence's second half, such as `must be at most 1`, for zod's `error`. Undefined where zod's
 * own words are as good.
 */
export function inWords(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `${issue.input === undefined ? 'is missing: it ' : ''}must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive ? 'at most' : 'less than', issue.maximum)}`;
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive ? 'at least' : 'more than', issue.minimum)}`;
    default:
      return undefined;
  }
}

function bound(origin: string, words: string, limit: number | bigint): string {
  const unit = units[origin];
  if (unit === undefined) return `be ${words} ${limit}`;
  const plural = unit === 'entry' ? 'entries' : `${unit}s`;
  return `have ${words} ${limit} ${Number(limit) === 1 ? unit : plural}`;
}
