import { invalidRequest } from '../errors.ts';

/**
 * Writes the opaque NextToken: the place to go on from, and the query it belongs to, since a token continues only
 * the query it came from.
 */
export function encodeToken(query: unknown, position: readonly number[]): string {
  return Buffer.from(JSON.stringify([fingerprint(query), ...position])).toString('base64url');
}

/** Reads a token of the same query. Throws InvalidRequestException for any other text. */
export function decodeToken(query: unknown, token: string, length: number): number[] {
  const [print, ...position] = parsed(token);
  const isOurs =
    print === fingerprint(query) && position.length === length && position.every(Number.isSafeInteger);
  if (!isOurs) throw invalidRequest('NextToken is not valid for this request.');
  return position as number[];
}

/** One page of a list that is short enough to be made anew for each page. */
export function pageOf<Item>(items: readonly Item[], token: string | undefined, size: number) {
  const [start = 0] = token === undefined ? [] : decodeToken('list', token, 1);
  const page = items.slice(start, start + size);
  const next = start + page.length;
  return { page, ...(next < items.length ? { NextToken: encodeToken('list', [next]) } : {}) };
}

function parsed(token: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

/** FNV-1a over the query's JSON: enough to notice a token used with another query. */
function fingerprint(query: unknown): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(JSON.stringify(query))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
