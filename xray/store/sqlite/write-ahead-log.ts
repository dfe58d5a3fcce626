import { existsSync, readFileSync } from 'node:fs';

/**
 * SQLite reads its write-ahead log up to the first frame whose checksum is wrong, and forgets the rest without a word: it
 * cannot tell damage from a write that never finished. We can, when more frames of the same log follow.
 * The format: https://www.sqlite.org/fileformat2.html#the_write_ahead_log
 */
export interface LogDamage {
  /** Pages written to the log since it was begun, and how many of them SQLite will not read. */
  pages: number;
  lost: number;
  /** The log itself, of which SQLite soon leaves nothing. */
  log: Buffer;
}

const headerBytes = 32;
const frameHeaderBytes = 24;

/**
 * Looks at the log of a database that nobody has open. Undefined when there is none, or it is whole: a last frame that
 * is cut short belongs to a call that was never answered.
 */
export function damageOf(walPath: string): LogDamage | undefined {
  if (!existsSync(walPath)) return undefined;
  const log = readFileSync(walPath);
  if (log.length < headerBytes + frameHeaderBytes) return undefined;

  const magic = log.readUInt32BE(0);
  const littleEndian = magic === 0x377f0682;
  const pageBytes = log.readUInt32BE(8);
  const start = checksum(log, 0, 24, littleEndian, [0, 0]);
  const isHeaderWhole =
    (littleEndian || magic === 0x377f0683) && isWritten(log, 24, start) && pageBytes >= 512;
  if (!isHeaderWhole) {
    const pages = Math.max(1, Math.floor((log.length - headerBytes) / (4096 + frameHeaderBytes)));
    return { pages, lost: pages, log };
  }

  const salts = log.subarray(16, 24);
  const frameBytes = frameHeaderBytes + pageBytes;
  let sum = start;
  let whole = 0;
  let isBroken = false;
  let pages = 0;
  for (let number = 0; headerBytes + (number + 1) * frameBytes <= log.length; number++) {
    const at = headerBytes + number * frameBytes;
    // Frames of the log's earlier round, not yet overwritten, have other salts.
    const isOfThisRound = log.subarray(at + 8, at + 16).equals(salts);
    if (isOfThisRound) pages = number + 1;
    if (isBroken) continue;
    const header = checksum(log, at, 8, littleEndian, sum);
    sum = checksum(log, at + frameHeaderBytes, pageBytes, littleEndian, header);
    if (isOfThisRound && isWritten(log, at + 16, sum)) whole++;
    else isBroken = true;
  }
  const lost = pages - whole;
  // The very last frame may have been cut short by the end of the process.
  return lost > 1 ? { pages, lost, log } : undefined;
}

type Sum = readonly [number, number];

const isWritten = (log: Buffer, at: number, [first, second]: Sum) =>
  log.readUInt32BE(at) === first && log.readUInt32BE(at + 4) === second;

/** SQLite's own: two running sums over 32-bit words, taken two at a time. */
function checksum(log: Buffer, at: number, bytes: number, littleEndian: boolean, sum: Sum): Sum {
  const view = new DataView(log.buffer, log.byteOffset + at, bytes);
  let [first, second] = sum;
  for (let offset = 0; offset < bytes; offset += 8) {
    first = (first + view.getUint32(offset, littleEndian) + second) >>> 0;
    second = (second + view.getUint32(offset + 4, littleEndian) + first) >>> 0;
  }
  return [first, second];
}
