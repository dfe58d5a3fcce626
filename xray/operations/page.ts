import { invalidRequest } from '../errors.ts';

/**
 * Writes the opaque NextToken: the place to go on from, and the query it belongs to, since a token continues only
 * the query it came from.
 */
export function encodeToken(query: unknown, position: readonly number[]): string {
  return encoded([fingerprint(query), ...position]);
}

/** Reads a token of the same query. Throws InvalidRequestException for any other text. */
export function decodeToken(query: unknown, token: string, length: number): number[] {
  const [print, ...position] = parsed(token);
  const isOurs =
    print === fingerprint(query) && position.length === length && position.every(Number.isSafeInteger);
  if (!isOurs) throw invalidRequest('NextToken is not valid for this request.');
  return position as number[];
}

export interface ListOf<Item> {
  /** What the list is of: a token goes on with the same list only. Default: all lists are one. */
  query?: unknown;
  /** What an item is known by. With it, each item comes once although others come and go between two pages. */
  key?: (item: Item) => unknown;
}

/** One page of a list that is short enough to be made anew for each page. Throws like `decodeToken`. */
export function pageOf<Item>(
  items: readonly Item[],
  token: string | undefined,
  size: number,
  { query = 'list', key }: ListOf<Item> = {},
) {
  const print = (item: Item) => (key ? fingerprint(key(item)) : 0);
  const start = token === undefined ? 0 : startOf(decodeToken(query, token, 2));
  const page = items.slice(start, start + size);
  const next = start + page.length;
  if (next >= items.length) return { page };
  return { page, NextToken: encodeToken(query, [next, print(page.at(-1)!)]) };

  /** Behind the last item shown, wherever it is now; where it was, when it has gone. */
  function startOf([counted = 0, lastPrint]: number[]): number {
    if (!key) return counted;
    const places = items.flatMap((item, index) => (print(item) === lastPrint ? [index + 1] : []));
    const distance = (place: number) => Math.abs(place - counted);
    return places.sort((a, b) => distance(a) - distance(b))[0] ?? counted;
  }
}

/** Characters; those we write have some dozens. */
const longestToken = 1000;

function parsed(token: string): unknown[] {
  if (token.length > longestToken) return [];
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(value) && encoded(value) === token ? value : [];
  } catch {
    return [];
  }
}

const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** FNV-1a over the query's JSON: enough to notice a token used with another query. */
function fingerprint(query: unknown): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(query))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
