import { isUtf8 } from 'node:buffer';

/**
 * One datagram of the daemon's UDP protocol: a header `{"format": "json", "version": 1}`, a line feed, one document.
 * The document is passed on unread, whatever it is: the API judges it.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export type Datagram = { document: string } | { rejected: readonly string[] };

const lineFeed = 0x0a;

/** The last header that was fine: a sender writes the same one before each of its documents. */
let known = Buffer.from('{"format":"json","version":1}');

/** Splits a datagram; `rejected` are the lines AWS's daemon logs for one it cannot use. */
export function readDatagram(bytes: Buffer): Datagram {
  const end = bytes.indexOf(lineFeed);
  if (end === -1) {
    const text = bytes.toString();
    return { rejected: [`Missing header: ${text}`, `Missing header or segment: ${text}`] };
  }
  const header = () => bytes.toString('utf8', 0, end);
  if (end === bytes.length - 1) return { rejected: [`Missing header or segment: ${header()}`] };

  const isKnown = end === known.length && known.compare(bytes, 0, end) === 0;
  if (!isKnown) {
    if (end > longestHeader || !isValidHeader(header())) return { rejected: [`Invalid header: ${header()}`] };
    known = Buffer.from(bytes.subarray(0, end));
  }
  return { document: isUtf8(bytes) ? bytes.toString('utf8', end + 1) : asGoReads(bytes.subarray(end + 1)) };
}

/**
 * Ours: a header has some 30 bytes. One of 64 KB keeps the parser busy for 20 ms, and the system hands over many datagrams at
 * once.
 */
const longestHeader = 1024;

/** As Go decodes JSON into a struct: names in any case, unknown ones ignored, whole numbers without point or exponent. */
function isValidHeader(text: string): boolean {
  let header: unknown;
  try {
    header = JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
      typeof value === 'number' && !/^-?\d+$/.test(context?.source ?? '') ? undefined : value,
    );
  } catch {
    return false;
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) return false;
  let [format, version] = ['', 0];
  for (const [name, value] of Object.entries(header)) {
    // Go folds case by Unicode, where the long s (ſ) is an s.
    const folded = name.toUpperCase();
    if (folded === 'FORMAT' && typeof value === 'string') format = value;
    if (folded === 'VERSION' && typeof value === 'number') version = value;
  }
  return format.toUpperCase() === 'JSON' && version === 1;
}

const replacement = '\u{fffd}';

/** Go replaces each single byte that is no UTF-8, Node a whole run of them. */
function asGoReads(bytes: Buffer): string {
  let text = '';
  let start = 0;
  for (let index = 0; index < bytes.length;) {
    const length = runeLength(bytes, index);
    if (length === 0) {
      text += bytes.toString('utf8', start, index) + replacement;
      start = index + 1;
    }
    index += length || 1;
  }
  return text + bytes.toString('utf8', start);
}

/** Bytes of the character that begins here; 0 where none does. */
function runeLength(bytes: Buffer, index: number): number {
  const lead = bytes[index]!;
  if (lead < 0x80) return 1;
  const length = lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (let more = 1; more < length; more++) {
    if (((bytes[index + more] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  const second = bytes[index + 1] ?? 0;
  // Written longer than need be, half a surrogate pair, behind the last character there is.
  if (lead === 0xe0 && second < 0xa0) return 0;
  if (lead === 0xed && second > 0x9f) return 0;
  if (lead === 0xf0 && second < 0x90) return 0;
  if (lead === 0xf4 && second > 0x8f) return 0;
  return length;
}
