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
    if (!isValidHeader(header())) return { rejected: [`Invalid header: ${header()}`] };
    known = Buffer.from(bytes.subarray(0, end));
  }
  return { document: isUtf8(bytes) ? bytes.toString('utf8', end + 1) : asGoReads(bytes.subarray(end + 1)) };
}

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
  for (let index = 0; index < bytes.length;) {
    const lead = bytes[index]!;
    const length = lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    const rune = bytes.subarray(index, index + length);
    const isWhole = rune.length === length && isUtf8(rune);
    text += isWhole ? rune.toString() : replacement;
    index += isWhole ? length : 1;
  }
  return text;
}
