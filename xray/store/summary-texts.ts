/**
 * The JSON of trace summaries, kept so that a listing need not assemble each trace again. Those of one block of traces are
 * much alike: together they are compressed to some 90 bytes each, of 3,000.
 */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { blockOf, tracesPerBlock } from './trace-catalog.ts';

interface OpenBlock {
  /** By slot; undefined where there is none. */
  texts: (string | undefined)[];
  /** By slot: of how many documents the text tells. */
  documents: Uint32Array;
  /** Something is in it that its packed form does not have. */
  isChanged: boolean;
}

interface PackedBlock {
  bytes: Buffer;
  documents: Uint32Array;
}

/** Blocks that stand open: as many as listings that are read beside each other touch at a time, some 800 KB each. */
const openBlocks = 8;

/** No JSON text holds one. */
const separator = '\n';

export class SummaryTexts {
  /** In order of last use: a Map remembers insertion, and a read inserts anew. */
  readonly #open = new Map<number, OpenBlock>();
  readonly #packed = new Map<number, PackedBlock>();
  readonly #maximumBytes: number;
  #bytes = 0;

  /** @param maximumBytes For what is packed; the least recently used is dropped first. */
  constructor(maximumBytes: number) {
    this.#maximumBytes = maximumBytes;
  }

  /** The text of a trace that has so many documents; undefined when none is kept, or one of fewer documents. */
  get(traceNumber: number, documents: number): string | undefined {
    const block = this.#opened(blockOf(traceNumber));
    const slot = traceNumber % tracesPerBlock;
    return block?.documents[slot] === documents ? block.texts[slot] : undefined;
  }

  set(traceNumber: number, documents: number, text: string): void {
    const number = blockOf(traceNumber);
    const block = this.#opened(number) ?? {
      texts: new Array<string | undefined>(tracesPerBlock).fill(undefined),
      documents: new Uint32Array(tracesPerBlock),
      isChanged: true,
    };
    const slot = traceNumber % tracesPerBlock;
    block.texts[slot] = text;
    block.documents[slot] = documents;
    block.isChanged = true;
    this.#keepOpen(number, block);
  }

  /** The last trace of a block is gone. */
  forget(number: number): void {
    this.#open.delete(number);
    this.#drop(number);
  }

  /** Of what is packed. */
  get bytes(): number {
    return this.#bytes;
  }

  #opened(number: number): OpenBlock | undefined {
    const open = this.#open.get(number);
    if (open !== undefined) {
      this.#keepOpen(number, open);
      return open;
    }
    const packed = this.#packed.get(number);
    if (packed === undefined) return undefined;
    const texts = zstdDecompressSync(packed.bytes)
      .toString()
      .split(separator)
      .map((text) => (text === '' ? undefined : text));
    // Used again: the last to be dropped.
    this.#packed.delete(number);
    this.#packed.set(number, packed);
    const block = { texts, documents: packed.documents, isChanged: false };
    this.#keepOpen(number, block);
    return block;
  }

  #keepOpen(number: number, block: OpenBlock): void {
    this.#open.delete(number);
    this.#open.set(number, block);
    if (this.#open.size <= openBlocks) return;
    const [oldest, closing] = this.#open.entries().next().value!;
    this.#open.delete(oldest);
    if (closing.isChanged) this.#pack(oldest, closing);
  }

  #pack(number: number, { texts, documents }: OpenBlock): void {
    this.#drop(number);
    const bytes = zstdCompressSync(texts.map((text) => text ?? '').join(separator));
    this.#packed.set(number, { bytes, documents });
    this.#bytes += bytes.length;
    for (const oldest of this.#packed.keys()) {
      if (this.#bytes <= this.#maximumBytes || oldest === number) break;
      this.#drop(oldest);
    }
  }

  #drop(number: number): void {
    this.#bytes -= this.#packed.get(number)?.bytes.length ?? 0;
    this.#packed.delete(number);
  }
}
