/**
 * The digests of all traces, in blocks of consecutive trace numbers: the blocks used last in memory, all others on disk.
 * Nothing is digested while documents arrive. Queries digest what they miss, and `indexSlice` what has settled; so a
 * block on disk may be behind, which shows by the number of documents its digests were made from.
 */
import type { DatabaseSync } from 'node:sqlite';
import { DigestBlock } from '../../model/trace-digest/digest-block.ts';
import { isOfThisVersion, versionBytes } from '../../model/trace-digest/digest-layout.ts';
import { digestOf, type TraceDigest } from '../../model/trace-digest/trace-digest.ts';
import type { Trace } from '../../model/vocabulary.ts';
import { DigestCache } from '../digest-cache.ts';
import { storeLimits } from '../limits.ts';
import { blockOf, type TraceCatalog, tracesPerBlock } from '../trace-catalog.ts';

/**
 * Milliseconds without a new document after which a block counts as settled. Segments of one request arrive within
 * a second or two; a digest made in between would have to be made again.
 */
const settledAfterMilliseconds = 2_000;

const longAgo = -Infinity;

export interface SqliteDigests {
  /**
   * The block with the digests of its traces as they are now. Digests them first where it must; each undefined is a
   * moment in which others may work.
   */
  block(number: number): Generator<undefined, DigestBlock>;
  /** Documents of a trace have arrived. */
  touch(traceNumber: number): void;
  /** The last trace of a block is gone. */
  forget(number: number): void;
  /** Works for some milliseconds on blocks that have settled; true while there are more of them. */
  indexSlice(milliseconds: number): boolean;
  /** The first trace number that no block on disk has ever had. */
  readonly firstFreeNumber: number;
}

export function sqliteDigests(
  database: DatabaseSync,
  catalog: TraceCatalog,
  traceAt: (number: number) => Trace | undefined,
  storeBytes: number,
  /** Told of each trace that settled: while it is assembled, others can make of it what they keep. */
  settled: (traceNumber: number, trace: Trace) => void,
): SqliteDigests {
  const { cachedDigestShare, cachedDigestBytes } = storeLimits;
  const cache = new DigestCache(Math.min(cachedDigestShare * storeBytes, cachedDigestBytes));
  /** Blocks that the disk may not have as they are, and when a document of theirs last arrived (milliseconds). */
  const touched = new Map<number, number>();
  let indexing: { number: number; work: Generator<undefined, DigestBlock> } | undefined;

  const select = database.prepare('SELECT bytes FROM digests WHERE block = ?');
  const write = database.prepare('INSERT OR REPLACE INTO digests (block, documents, bytes) VALUES (?, ?, ?)');
  const erase = database.prepare('DELETE FROM digests WHERE block = ?');

  let lastBlock = -1;
  const documentsOnDisk = new Map<number, number>();
  for (const row of database.prepare('SELECT block, documents FROM digests').all()) {
    documentsOnDisk.set(row['block'] as number, row['documents'] as number);
    lastBlock = Math.max(lastBlock, row['block'] as number);
  }
  // Blocks are made anew in their order, so while the last one is of another version, others may be.
  const head = database.prepare('SELECT substr(bytes, 1, ?) AS head FROM digests WHERE block = ?');
  const last = head.get(versionBytes, lastBlock)?.['head'] as Uint8Array | undefined;
  if (last !== undefined && !isOfThisVersion(last)) documentsOnDisk.clear();
  for (const [number, { documents }] of catalog.blocks()) {
    if (documents.reduce((sum, count) => sum + count, 0) !== documentsOnDisk.get(number)) {
      touched.set(number, longAgo);
    }
  }

  function read(number: number): DigestBlock | undefined {
    const cached = cache.get(number);
    if (cached !== undefined) return cached.block;
    const bytes = select.get(number)?.['bytes'] as Uint8Array<ArrayBuffer> | undefined;
    if (bytes === undefined) return undefined;
    try {
      const block = DigestBlock.read(bytes);
      cache.set(number, block, true);
      return block;
    } catch {
      // Another version of this program wrote it: the digests are made anew.
      touched.set(number, longAgo);
      return undefined;
    }
  }

  function staleSlots(number: number, block: DigestBlock | undefined): number[] {
    const { documents } = catalog.block(number) ?? { documents: [] };
    const stale: number[] = [];
    for (let slot = 0; slot < documents.length; slot++) {
      if (documents[slot] !== 0 && documents[slot] !== (block?.revision[slot] ?? 0)) stale.push(slot);
    }
    return stale;
  }

  function* block(
    number: number,
    assembled: (traceNumber: number, trace: Trace) => void = () => {},
  ): Generator<undefined, DigestBlock> {
    const before = read(number);
    const stale = staleSlots(number, before);
    if (before !== undefined && stale.length === 0) return before;

    const made = new Map<number, TraceDigest | undefined>();
    for (const slot of stale) {
      const traceNumber = number * tracesPerBlock + slot;
      const trace = traceAt(traceNumber);
      made.set(slot, trace && digestOf(trace));
      if (trace?.root) assembled(traceNumber, trace);
      yield;
    }
    const digests = Array.from({ length: tracesPerBlock }, (_, slot) =>
      made.has(slot) ? made.get(slot) : before?.digest(slot),
    );
    // Packing takes a millisecond or two by itself.
    yield;
    const after = DigestBlock.of(digests);
    yield;
    if (catalog.block(number) !== undefined) cache.set(number, after, false);
    return after;
  }

  function keep(number: number, block: DigestBlock): void {
    const entry = cache.get(number);
    if (entry?.isKept && entry.block === block) return;
    let documents = 0;
    for (const count of block.revision) documents += count;
    write.run(number, documents, block.bytes);
    if (entry?.block === block) entry.isKept = true;
  }

  /** The block that has waited longest, if it has settled. */
  function settledBlock(now: number): number | undefined {
    for (const [number, at] of touched) {
      if (catalog.block(number) === undefined) touched.delete(number);
      else return now - at >= settledAfterMilliseconds ? number : undefined;
    }
    return undefined;
  }

  function indexSlice(milliseconds: number): boolean {
    const deadline = performance.now() + milliseconds;
    while (performance.now() < deadline) {
      if (indexing === undefined) {
        const number = settledBlock(performance.now());
        if (number === undefined) return false;
        touched.delete(number);
        indexing = { number, work: block(number, settled) };
      }
      const { number, work } = indexing;
      try {
        const step = work.next();
        if (!step.done) continue;
        indexing = undefined;
        if (catalog.block(number) !== undefined) keep(number, step.value);
      } catch (error) {
        indexing = undefined;
        touched.set(number, performance.now());
        throw error;
      }
    }
    return true;
  }

  return {
    block: (number) => block(number),
    indexSlice,
    touch(traceNumber) {
      const number = blockOf(traceNumber);
      // Inserted anew, so that the longest untouched block comes first.
      touched.delete(number);
      touched.set(number, performance.now());
    },
    forget(number) {
      erase.run(number);
      cache.delete(number);
      touched.delete(number);
    },
    firstFreeNumber: (lastBlock + 1) * tracesPerBlock,
  };
}
