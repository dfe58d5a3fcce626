import { isUtf8 } from 'node:buffer';
import { takingTurns, type Turns } from '../turns.ts';
import { ValueScan, type JsonLimits } from './value-scan.ts';

/** A text that is no JSON. The message says where and why, as a sentence's second half. */
export class NotJson extends Error {
  override readonly name = 'NotJson';
}

/** Bytes that are read, or scanned, without a look at the clock: a millisecond at most. */
const sliceBytes = 256 * 1024;

/**
 * Reads a body. It is scanned before anything is made of it, and a long one lets other work through meanwhile.
 * @throws {JsonLimitExceeded} when it holds more than the limits allow
 * @throws {NotJson} when it is no UTF-8 or no JSON
 */
export async function readJson(bytes: Buffer, limits: JsonLimits, turns = takingTurns()): Promise<unknown> {
  await endOfValue(bytes, 0, limits, turns);
  return parsed(bytes, turns);
}

/** The place behind the value that begins at `at`. Throws JsonLimitExceeded. */
export async function endOfValue(
  bytes: Buffer,
  at: number,
  limits: JsonLimits,
  turns: Turns,
): Promise<number> {
  const scan = new ValueScan(limits);
  for (let from = at; from < bytes.length; from += sliceBytes) {
    if (from > at && turns.isOver()) await turns.next();
    const end = scan.advance(bytes, from, Math.min(from + sliceBytes, bytes.length));
    if (end >= 0) return end;
  }
  return bytes.length;
}

/** What a scanned text says. Long ones take up to some 20 ms each for decoding and parsing, so each is a turn of its own. */
export async function parsed(bytes: Buffer, turns: Turns): Promise<unknown> {
  const isLong = bytes.length > sliceBytes;
  if (isLong) await turns.next();
  if (!isUtf8(bytes)) throw new NotJson('is not UTF-8');
  const text = bytes.toString();
  if (isLong) await turns.next();
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new NotJson(`is not JSON: ${(error as Error).message}`);
  } finally {
    if (isLong) await turns.next();
  }
}
