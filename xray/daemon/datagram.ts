/**
 * One datagram of the daemon's UDP protocol: a header `{"format": "json", "version": 1}`, a line feed, one document.
 * The document is passed on unread, whatever it is: the API judges it.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export type Datagram = { document: string } | { rejected: string };

const lineFeed = 0x0a;

/** Splits a datagram; `rejected` is the sentence AWS's daemon logs for one it cannot use. */
export function readDatagram(bytes: Buffer): Datagram {
  const end = bytes.indexOf(lineFeed);
  if (end === -1 || end === bytes.length - 1) {
    const header = end === -1 ? bytes : bytes.subarray(0, end);
    return { rejected: `Missing header or segment: ${header.toString()}` };
  }
  const header = bytes.toString('utf8', 0, end);
  if (!isValidHeader(header)) return { rejected: `Invalid header: ${header}` };
  return { document: bytes.toString('utf8', end + 1) };
}

function isValidHeader(text: string): boolean {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header !== 'object' || header === null) return false;
    const { format, version } = header as Record<string, unknown>;
    return typeof format === 'string' && format.toLowerCase() === 'json' && version === 1;
  } catch {
    return false;
  }
}
