/**
 * The digests of some traces in columns, one buffer for all: a number in a column costs its bytes and nothing else,
 * and a scan runs along an array. What traces share is kept once per block: texts, and their *shape*, who called whom
 * with which outcome. The traces of one system have few shapes, so that what is left of each is its times and values.
 * What is never repeated (an order's number) goes when the block goes.
 */
import type { AnnotationValue, ServiceId } from '../vocabulary.ts';
import { DigestPacker } from './digest-packer.ts';
import { type BlockColumns, columnBytesOf, columnsOf } from './digest-layout.ts';
import { largestStatus, type RowDigest, type SegmentDigest, type TraceDigest } from './trace-digest.ts';
import { isOdd, openEnd, secondsPerTick } from './ticks.ts';

/** Stands for "no row". */
export const none = -1;

/** One for all: making one costs more than a block. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

export class DigestBlock {
  // One per slot. A slot without a trace has revision 0.
  readonly startTime: BlockColumns['startTime'];
  readonly endTime: BlockColumns['endTime'];
  readonly revision: BlockColumns['revision'];
  readonly idTail: BlockColumns['idTail'];
  readonly traceFlags: BlockColumns['traceFlags'];
  /** Number of the trace's shape. */
  readonly shape: BlockColumns['shape'];

  // One per row of a shape: a segment, or a call as its caller saw it.
  readonly flags: BlockColumns['flags'];
  /** Of segments only: number of the service, and the row of the caller's view. */
  readonly service: BlockColumns['service'];
  readonly view: BlockColumns['view'];

  // One per attribute of a shape.
  readonly attributeKey: BlockColumns['attributeKey'];
  readonly attributeRow: BlockColumns['attributeRow'];
  readonly attributeKind: BlockColumns['attributeKind'];

  readonly slots: number;
  readonly services: number;
  readonly #columns: BlockColumns;
  // Read so often that the way over `#columns` would show.
  readonly #shapeRow: BlockColumns['shapeRow'];
  readonly #shapeView: BlockColumns['shapeView'];
  readonly #rowShift: BlockColumns['rowShift'];
  readonly #start: BlockColumns['start'];
  readonly #duration: BlockColumns['duration'];
  readonly #caller: BlockColumns['caller'];
  readonly #buffer: ArrayBuffer;
  readonly #text: string;
  #serviceIds: (ServiceId | undefined)[] = [];

  /**
   * @param buffer the columns
   * @param text all texts, one after the other
   */
  private constructor(buffer: ArrayBuffer, text: string) {
    const columns = columnsOf(buffer);
    this.startTime = columns.startTime;
    this.endTime = columns.endTime;
    this.revision = columns.revision;
    this.idTail = columns.idTail;
    this.traceFlags = columns.traceFlags;
    this.shape = columns.shape;
    this.flags = columns.flags;
    this.service = columns.service;
    this.view = columns.view;
    this.attributeKey = columns.attributeKey;
    this.attributeRow = columns.attributeRow;
    this.attributeKind = columns.attributeKind;
    this.slots = columns.startTime.length;
    this.services = columns.serviceTexts.length / 4;
    this.#columns = columns;
    this.#shapeRow = columns.shapeRow;
    this.#shapeView = columns.shapeView;
    this.#rowShift = columns.rowShift;
    this.#start = columns.start;
    this.#duration = columns.duration;
    this.#caller = columns.caller;
    this.#buffer = buffer;
    this.#text = text;
  }

  /** Packs digests into the slots of a new block, in order; undefined leaves a slot empty. */
  static of(digests: readonly (TraceDigest | undefined)[]): DigestBlock {
    const { buffer, text } = new DigestPacker().pack(digests);
    return new DigestBlock(buffer, text);
  }

  /** Reads what `bytes` gave. Throws for bytes of another version. */
  static read(bytes: Uint8Array): DigestBlock {
    const end = columnBytesOf(bytes);
    // A copy of the columns alone: what `bytes` stands on goes, and the texts are not kept twice.
    return new DigestBlock(bytes.slice(0, end).buffer, utf8.decode(bytes.subarray(end)));
  }

  /** The block for keeping: its columns, and the texts as UTF-8. */
  get bytes(): Uint8Array {
    const text = new TextEncoder().encode(this.#text);
    const bytes = new Uint8Array(this.#buffer.byteLength + text.length);
    bytes.set(new Uint8Array(this.#buffer));
    bytes.set(text, this.#buffer.byteLength);
    return bytes;
  }

  /** What the block takes in memory, roughly. */
  get size(): number {
    return 4096 + this.#buffer.byteLength + this.#text.length;
  }

  /** The rows of a slot: from here to `firstView` its segments, then to `endOfRows` its views. */
  firstRow(slot: number): number {
    return this.#shapeRow[this.shape[slot]!]!;
  }

  firstView(slot: number): number {
    return this.#shapeView[this.shape[slot]!]!;
  }

  endOfRows(slot: number): number {
    return this.#shapeRow[this.shape[slot]! + 1]!;
  }

  /** Row of the root; `none` for none. */
  rootOf(slot: number): number {
    return this.#columns.root[this.shape[slot]!]! - 1;
  }

  /** Row of the segment that called this one; `none` for none. */
  callerOf(row: number): number {
    return this.#caller[row]! - 1;
  }

  /** Epoch seconds. */
  startOf(slot: number, row: number): number {
    const at = row + this.#rowShift[slot]!;
    if (isOdd(this.#duration[at]!)) return this.#columns.oddStart[this.#oddPlace(at)]!;
    return this.startTime[slot]! + this.#start[at]! * secondsPerTick;
  }

  /** Epoch seconds; NaN while in progress. */
  endOf(slot: number, row: number): number {
    const at = row + this.#rowShift[slot]!;
    const duration = this.#duration[at]!;
    if (duration === openEnd) return NaN;
    if (isOdd(duration)) return this.#columns.oddEnd[this.#oddPlace(at)]!;
    return this.startTime[slot]! + this.#start[at]! * secondsPerTick + duration * secondsPerTick;
  }

  /** From start to end, seconds: negative where clocks disagreed, NaN while in progress. */
  durationOf(slot: number, row: number): number {
    const at = row + this.#rowShift[slot]!;
    const duration = this.#duration[at]!;
    if (duration === openEnd) return NaN;
    if (!isOdd(duration)) return duration * secondsPerTick;
    const place = this.#oddPlace(at);
    return this.#columns.oddEnd[place]! - this.#columns.oddStart[place]!;
  }

  /** Status code of a row; undefined for none. */
  statusOf(row: number): number | undefined {
    const status = this.#columns.status[row]!;
    return status > largestStatus ? undefined : status;
  }

  /** A text of a row's HTTP request: 0 url, 1 method, 2 user agent, 3 client ip. */
  httpText(slot: number, row: number, member: 0 | 1 | 2 | 3): string | undefined {
    const http = this.#columns.http[row + this.#rowShift[slot]!]!;
    return http === 0 ? undefined : this.text(this.#columns.httpTexts[4 * (http - 1) + member]!);
  }

  /** The attributes of a slot: from here to `endOfAttributes`. */
  firstAttribute(slot: number): number {
    return this.#columns.shapeAttribute[this.shape[slot]!]!;
  }

  endOfAttributes(slot: number): number {
    return this.#columns.shapeAttribute[this.shape[slot]! + 1]!;
  }

  attribute(slot: number, attribute: number): AnnotationValue {
    const { attributeValue, attributeShift, value, isBoolean, textStart } = this.#columns;
    const index = attributeValue[attribute + attributeShift[slot]!]!;
    const other = index - (textStart.length - 1);
    if (other < 0) return this.text(index)!;
    return isBoolean[other] === 1 ? value[other] === 1 : value[other]!;
  }

  /** Text by its index; undefined for 0. */
  text(index: number): string | undefined {
    if (index === 0) return undefined;
    const { textStart } = this.#columns;
    return this.#text.slice(textStart[index]!, textStart[index + 1]!);
  }

  /** The index of a text; -1 where the block does not hold it. */
  indexOfText(text: string): number {
    const all = this.#text;
    const { textStart } = this.#columns;
    for (let i = 1; i < textStart.length - 1; i++) {
      if (textStart[i + 1]! - textStart[i]! === text.length && all.startsWith(text, textStart[i]!)) return i;
    }
    return -1;
  }

  /** The same object each time, so that it can be compared. */
  serviceId(service: number): ServiceId {
    return (this.#serviceIds[service] ??= this.#readServiceId(service));
  }

  /** The account that segments of this service say they ran in. */
  accountOf(service: number): string | undefined {
    return this.text(this.#columns.serviceTexts[4 * service + 3]!);
  }

  /** What a slot was packed from; undefined for an empty one. */
  digest(slot: number): TraceDigest | undefined {
    if (this.revision[slot] === 0) return undefined;
    const first = this.firstRow(slot);
    const root = this.rootOf(slot);
    return {
      revision: this.revision[slot]!,
      idTail: this.idTail[slot]!,
      startTime: this.startTime[slot]!,
      endTime: this.endTime[slot]!,
      flags: this.traceFlags[slot]!,
      root: root === none ? -1 : root - first,
      segments: range(first, this.firstView(slot), (row) => this.#segment(slot, row, first)),
      views: range(this.firstView(slot), this.endOfRows(slot), (row) => this.#row(slot, row)),
      attributes: range(this.firstAttribute(slot), this.endOfAttributes(slot), (index) => ({
        kind: this.attributeKind[index]!,
        key: this.text(this.attributeKey[index]!) ?? '',
        value: this.attribute(slot, index),
        segment: this.attributeRow[index]! - first,
      })),
    };
  }

  /** Place of a row among those whose times are kept in full. */
  #oddPlace(at: number): number {
    const { oddRow } = this.#columns;
    let low = 0;
    let high = oddRow.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (oddRow[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #readServiceId(service: number): ServiceId {
    const { serviceTexts } = this.#columns;
    const at = 4 * service;
    const Name = this.text(serviceTexts[at]!)!;
    const Type = this.text(serviceTexts[at + 1]!);
    const AccountId = this.text(serviceTexts[at + 2]!);
    return {
      Name,
      Names: [Name],
      ...(AccountId !== undefined && { AccountId }),
      ...(Type !== undefined && { Type }),
    };
  }

  #row(slot: number, row: number): RowDigest {
    const hasHttp = this.#columns.http[row + this.#rowShift[slot]!] !== 0;
    return {
      start: this.startOf(slot, row),
      end: this.endOf(slot, row),
      flags: this.flags[row]!,
      status: this.statusOf(row),
      http: hasHttp
        ? {
            url: this.httpText(slot, row, 0),
            method: this.httpText(slot, row, 1),
            userAgent: this.httpText(slot, row, 2),
            clientIp: this.httpText(slot, row, 3),
          }
        : undefined,
    };
  }

  #segment(slot: number, row: number, first: number): SegmentDigest {
    const service = this.service[row]!;
    const caller = this.callerOf(row);
    return {
      ...this.#row(slot, row),
      service: { id: this.serviceId(service), account: this.accountOf(service) },
      caller: caller === none ? -1 : caller - first,
      view: this.view[row]! - first,
    };
  }
}

function range<Item>(from: number, to: number, make: (index: number) => Item): Item[] {
  const items: Item[] = [];
  for (let index = from; index < to; index++) items.push(make(index));
  return items;
}
