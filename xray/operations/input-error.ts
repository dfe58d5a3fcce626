import type { z } from 'zod';
import { serializationFailed, validationFailed, type XRayError } from '../errors.ts';

type Issue = z.core.$ZodIssue;

/**
 * The error for a body that does not fit an operation's schema, in the words of AWS's Coral framework: a wrong type
 * is a SerializationException, as the body is read before it is validated; everything else is a ValidationException
 * that lists each failed constraint.
 * Text: https://github.com/hashicorp/terraform-provider-aws/issues/18667
 */
export function inputError(issues: readonly Issue[], body: unknown): XRayError {
  const wrongType = issues.find((issue) => isWrongType(issue, body));
  if (wrongType) {
    const where = wrongType.path.length ? `'${coralPath(wrongType.path)}'` : 'the body';
    const expected =
      'expected' in wrongType ? (typeNames[wrongType.expected] ?? wrongType.expected) : 'another type';
    return serializationFailed(`Unexpected type of value at ${where}: expected ${expected}.`);
  }

  const failures = issues.slice(0, mostFailures).map((issue) => {
    const shown = shownValue(valueAt(body, issue.path));
    return `Value ${shown} at '${coralPath(issue.path)}' failed to satisfy constraint: ${constraint(issue)}`;
  });
  const count = issues.length === 1 ? '1 validation error' : `${issues.length} validation errors`;
  return validationFailed(`${count} detected: ${failures.join('; ')}`);
}

/** Told in one answer. AWS's count of them is not known; each repeats a value of up to a thousand characters. */
const mostFailures = 100;

const typeNames: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const isWrongType = (issue: Issue, body: unknown) =>
  issue.code === 'invalid_type' && valueAt(body, issue.path) !== undefined;

function constraint(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return `Member must have ${measured(issue.origin)} greater than or equal to ${issue.minimum}`;
    case 'too_big':
      return `Member must have ${measured(issue.origin)} less than or equal to ${issue.maximum}`;
    case 'invalid_type':
      return 'Member must not be null';
    case 'invalid_value':
      return `Member must satisfy enum value set: [${issue.values.map(String).join(', ')}]`;
    case 'invalid_format':
      return `Member must satisfy regular expression pattern: ${String(issue.pattern ?? issue.format).replace(/^\/|\/$/g, '')}`;
    default:
      return issue.message;
  }
}

const measured = (origin: string) => (origin === 'number' || origin === 'int' ? 'value' : 'length');

/** `['SamplingStatisticsDocuments', 0, 'ClientID']` → `samplingStatisticsDocuments.1.member.clientID`. */
function coralPath(path: readonly PropertyKey[]): string {
  return path
    .map((key) =>
      typeof key === 'number'
        ? `${key + 1}.member`
        : String(key).replace(/^./, (letter) => letter.toLowerCase()),
    )
    .join('.');
}

const valueAt = (body: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], body);

/** Characters and levels of a value that an error repeats. AWS repeats all of it; a hostile body has no end. */
const shown = { length: 1000, depth: 4 };

/** Each takes two characters at least, a comma among them. */
const mostMembers = shown.length / 2;

function shownValue(value: unknown): string {
  if (value === undefined) return 'null';
  const text = typeof value === 'string' ? value : JSON.stringify(beginning(value, shown.depth));
  return text.length > shown.length ? `'${text.slice(0, shown.length)}…'` : `'${text}'`;
}

/** The outer levels of a value and, in each, no more than can be shown. */
function beginning(value: unknown, levels: number): unknown {
  if (typeof value === 'string') return value.slice(0, shown.length + 1);
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) {
    return value.slice(0, mostMembers).map((item) => beginning(item, levels - 1));
  }
  const members = Object.entries(value).slice(0, mostMembers);
  return Object.fromEntries(members.map(([key, member]) => [key, beginning(member, levels - 1)]));
}
