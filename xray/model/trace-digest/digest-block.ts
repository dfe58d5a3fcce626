/**
 * The digests of some traces in columns, one buffer for all: a number in a column costs its bytes and nothing else,
 * and a scan runs along an array. Text is kept once per block, so that what is never repeated (an order's number)
 * goes when the block goes.
 */
import type { AnnotationValue, ServiceId } from '../vocabulary.ts';
import {
  type AttributeDigest,
  type HttpDigest,
  largestStatus,
  type RowDigest,
  type SegmentDigest,
  type ServiceDigest,
  type TraceDigest,
} from './trace-digest.ts';

/**
 * Written at the head of each block. Raise it when the layout changes, or what the model reads out of a trace: digests
 * of another version are made anew.
 */
export const digestVersion = 1;

const headerBytes = 64;

/** Stands for "no index" in columns of indexes. */
export const none = 0xffff_ffff;

const valueKinds = { text: 0, number: 1, boolean: 2 } as const;

/** How many rows each table of a block has, in the order of the header. */
interface Sizes {
  slots: number;
  rows: number;
  https: number;
  services: number;
  attributes: number;
  texts: number;
  /** UTF-8. */
  textBytes: number;
}

export class DigestBlock {
  // One per slot. A slot without a trace has revision 0.
  readonly startTime: Float64Array;
  readonly endTime: Float64Array;
  readonly revision: Uint32Array;
  readonly idTail: Uint32Array;
  /** Row of the root; `none` for none. */
  readonly root: Uint32Array;
  readonly traceFlags: Uint8Array;
  /** Rows of slot i: from `firstRow[i]`, its segments, then from `firstView[i]` its views, to `firstRow[i + 1]`. */
  readonly firstRow: Uint32Array;
  readonly firstView: Uint32Array;
  readonly firstAttribute: Uint32Array;

  // One per row.
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly http: Uint32Array;
  readonly status: Uint16Array;
  readonly flags: Uint8Array;
  /** Rows of segments only. `caller` and `view` are rows of the block. */
  readonly service: Uint32Array;
  readonly caller: Uint32Array;
  readonly view: Uint32Array;

  // One per attribute.
  readonly attributeValue: Float64Array;
  readonly attributeKey: Uint32Array;
  readonly attributeRow: Uint32Array;
  readonly attributeKind: Uint8Array;

  /** Four texts each: url, method, user agent, client ip; Name, Type, AccountId, account. Text 0 is absence. */
  readonly httpTexts: Uint32Array;
  readonly serviceTexts: Uint32Array;
  /** Where each text begins, in UTF-16 units; one more for the end. */
  readonly textStart: Uint32Array;

  readonly slots: number;
  readonly services: number;
  readonly #buffer: ArrayBuffer;
  readonly #textOffset: number;
  #text: string | undefined;
  #serviceIds: (ServiceId | undefined)[] = [];

  /**
   * @param buffer what `bytes` gave. Throws for a buffer of another version.
   * @param text all texts, where they are at hand
   */
  constructor(buffer: ArrayBuffer, text?: string) {
    const header = new Uint32Array(buffer, 0, headerBytes / 4);
    if (header[0] !== digestVersion) throw new Error('The digest block is of another version.');
    const [, slots, rows, https, services, attributes, texts] = header as unknown as number[];
    let offset = headerBytes;
    const place = (width: number, length: number | undefined) => {
      const at = offset;
      offset += width * length!;
      return at;
    };
    const doubles = (length: number | undefined) => new Float64Array(buffer, place(8, length), length);
    const words = (length: number | undefined) => new Uint32Array(buffer, place(4, length), length);
    const bytes = (length: number | undefined) => new Uint8Array(buffer, place(1, length), length);

    // Wide columns first: so each begins at a multiple of its width.
    this.startTime = doubles(slots);
    this.endTime = doubles(slots);
    this.start = doubles(rows);
    this.end = doubles(rows);
    this.attributeValue = doubles(attributes);
    this.revision = words(slots);
    this.idTail = words(slots);
    this.root = words(slots);
    this.firstRow = words(slots! + 1);
    this.firstView = words(slots);
    this.firstAttribute = words(slots! + 1);
    this.http = words(rows);
    this.service = words(rows);
    this.caller = words(rows);
    this.view = words(rows);
    this.attributeKey = words(attributes);
    this.attributeRow = words(attributes);
    this.httpTexts = words(4 * https!);
    this.serviceTexts = words(4 * services!);
    this.textStart = words(texts! + 1);
    this.status = new Uint16Array(buffer, place(2, rows), rows);
    this.flags = bytes(rows);
    this.traceFlags = bytes(slots);
    this.attributeKind = bytes(attributes);

    this.slots = slots!;
    this.services = services!;
    this.#buffer = buffer;
    this.#textOffset = offset;
    this.#text = text;
  }

  /** Packs digests into the slots of a new block, in order; undefined leaves a slot empty. */
  static of(digests: readonly (TraceDigest | undefined)[]): DigestBlock {
    return new Packer(digests).block();
  }

  /** The block as bytes, for keeping: they are not copied. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.#buffer);
  }

  /** What the block takes in memory, text in both forms included, roughly. */
  get size(): number {
    return 4096 + this.#buffer.byteLength + this.textStart.at(-1)!;
  }

  /** Text by its index; undefined for 0. */
  text(index: number): string | undefined {
    if (index === 0) return undefined;
    return this.#allText().slice(this.textStart[index]!, this.textStart[index + 1]!);
  }

  /** The index of a text; -1 where the block does not hold it. */
  indexOfText(text: string): number {
    const all = this.#allText();
    const { textStart } = this;
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
    return this.text(this.serviceTexts[4 * service + 3]!);
  }

  attribute(index: number): AnnotationValue {
    const value = this.attributeValue[index]!;
    const kind = this.attributeKind[index]! >> 4;
    if (kind === valueKinds.text) return this.text(value)!;
    return kind === valueKinds.number ? value : value === 1;
  }

  /** Status code of a row; undefined for none. */
  statusOf(row: number): number | undefined {
    const status = this.status[row]!;
    return status > largestStatus ? undefined : status;
  }

  /** A text of a row's HTTP request: 0 url, 1 method, 2 user agent, 3 client ip. */
  httpText(row: number, member: 0 | 1 | 2 | 3): string | undefined {
    const http = this.http[row]!;
    return http === none ? undefined : this.text(this.httpTexts[4 * http + member]!);
  }

  /** What a slot was packed from; undefined for an empty one. */
  digest(slot: number): TraceDigest | undefined {
    if (this.revision[slot] === 0) return undefined;
    const first = this.firstRow[slot]!;
    const root = this.root[slot]!;
    const flags = this.traceFlags[slot]!;
    return {
      revision: this.revision[slot]!,
      idTail: this.idTail[slot]!,
      startTime: this.startTime[slot]!,
      endTime: this.endTime[slot]!,
      flags,
      root: root === none ? -1 : root - first,
      segments: range(first, this.firstView[slot]!, (row) => this.#segment(row, first)),
      views: range(this.firstView[slot]!, this.firstRow[slot + 1]!, (row) => this.#row(row)),
      attributes: range(this.firstAttribute[slot]!, this.firstAttribute[slot + 1]!, (index) => ({
        kind: this.attributeKind[index]! & 15,
        key: this.text(this.attributeKey[index]!) ?? '',
        value: this.attribute(index),
        segment: this.attributeRow[index]! - first,
      })),
    };
  }

  #allText(): string {
    return (this.#text ??= new TextDecoder('utf-8', { ignoreBOM: true }).decode(
      new Uint8Array(this.#buffer, this.#textOffset),
    ));
  }

  #readServiceId(service: number): ServiceId {
    const at = 4 * service;
    const Name = this.text(this.serviceTexts[at]!)!;
    const Type = this.text(this.serviceTexts[at + 1]!);
    const AccountId = this.text(this.serviceTexts[at + 2]!);
    return {
      Name,
      Names: [Name],
      ...(AccountId !== undefined && { AccountId }),
      ...(Type !== undefined && { Type }),
    };
  }

  #row(row: number): RowDigest {
    return {
      start: this.start[row]!,
      end: this.end[row]!,
      flags: this.flags[row]!,
      status: this.statusOf(row),
      http:
        this.http[row] === none
          ? undefined
          : {
              url: this.httpText(row, 0),
              method: this.httpText(row, 1),
              userAgent: this.httpText(row, 2),
              clientIp: this.httpText(row, 3),
            },
    };
  }

  #segment(row: number, first: number): SegmentDigest {
    const service = this.service[row]!;
    const caller = this.caller[row]!;
    return {
      ...this.#row(row),
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

/** Bytes of the columns, text excluded. */
const columnBytes = ({ slots, rows, https, services, attributes, texts }: Sizes): number =>
  headerBytes +
  slots * (8 * 2 + 4 * 6 + 1) +
  4 * 2 +
  rows * (8 * 2 + 4 * 4 + 2 + 1) +
  attributes * (8 + 4 * 2 + 1) +
  16 * (https + services) +
  4 * (texts + 1);

class Packer {
  readonly #digests: readonly (TraceDigest | undefined)[];
  readonly #texts = new Map<string, number>();
  readonly #https = new Map<string, number>();
  readonly #httpTexts: number[] = [];
  readonly #services = new Map<string, number>();
  readonly #serviceTexts: number[] = [];
  /** Services by object: those of one digest repeat. */
  readonly #known = new Map<ServiceDigest, number>();

  constructor(digests: readonly (TraceDigest | undefined)[]) {
    this.#digests = digests;
  }

  block(): DigestBlock {
    let rows = 0;
    let attributes = 0;
    for (const digest of this.#digests) {
      if (digest === undefined) continue;
      rows += digest.segments.length + digest.views.length;
      attributes += digest.attributes.length;
      this.#collect(digest);
    }
    const texts = [...this.#texts.keys()];
    const text = texts.join('');
    const utf8 = new TextEncoder().encode(text);
    const sizes: Sizes = {
      slots: this.#digests.length,
      rows,
      https: this.#httpTexts.length / 4,
      services: this.#serviceTexts.length / 4,
      attributes,
      // Text 0 stands for absence and is empty.
      texts: texts.length + 1,
      textBytes: utf8.length,
    };
    const buffer = new ArrayBuffer(columnBytes(sizes) + utf8.length);
    new Uint32Array(buffer, 0, 8).set([digestVersion, ...Object.values(sizes)]);
    new Uint8Array(buffer).set(utf8, buffer.byteLength - utf8.length);
    const block = new DigestBlock(buffer, text);
    this.#fill(block, texts);
    return block;
  }

  /** Numbers everything that is kept once. */
  #collect({ segments, views, attributes }: TraceDigest): void {
    for (const segment of segments) {
      this.#service(segment.service);
      this.#http(segment.http);
    }
    for (const { http } of views) this.#http(http);
    for (const { key, value } of attributes) {
      if (key !== '') this.#text(key);
      if (typeof value === 'string') this.#text(value);
    }
  }

  #text(text: string | undefined): number {
    if (text === undefined) return 0;
    let index = this.#texts.get(text);
    if (index === undefined) this.#texts.set(text, (index = this.#texts.size + 1));
    return index;
  }

  #http(http: HttpDigest | undefined): number {
    if (http === undefined) return none;
    const texts = [http.url, http.method, http.userAgent, http.clientIp].map((text) => this.#text(text));
    return numbered(this.#https, this.#httpTexts, texts);
  }

  #service(service: ServiceDigest): number {
    const known = this.#known.get(service);
    if (known !== undefined) return known;
    const { id, account } = service;
    const texts = [id.Name, id.Type, id.AccountId, account].map((text) => this.#text(text));
    const index = numbered(this.#services, this.#serviceTexts, texts);
    this.#known.set(service, index);
    return index;
  }

  #fill(block: DigestBlock, texts: readonly string[]): void {
    block.httpTexts.set(this.#httpTexts);
    block.serviceTexts.set(this.#serviceTexts);
    let position = 0;
    texts.forEach((text, index) => {
      block.textStart[index + 1] = position;
      position += text.length;
    });
    block.textStart[texts.length + 1] = position;

    let row = 0;
    let attribute = 0;
    this.#digests.forEach((digest, slot) => {
      block.firstRow[slot] = row;
      block.firstView[slot] = row;
      block.firstAttribute[slot] = attribute;
      block.root[slot] = none;
      if (digest === undefined) return;
      const first = row;
      block.startTime[slot] = digest.startTime;
      block.endTime[slot] = digest.endTime;
      block.revision[slot] = digest.revision;
      block.idTail[slot] = digest.idTail;
      block.traceFlags[slot] = digest.flags;
      if (digest.root >= 0) block.root[slot] = first + digest.root;
      for (const segment of digest.segments) {
        this.#fillRow(block, row, segment);
        block.service[row] = this.#service(segment.service);
        block.caller[row] = segment.caller < 0 ? none : first + segment.caller;
        block.view[row] = first + segment.view;
        row++;
      }
      block.firstView[slot] = row;
      for (const view of digest.views) this.#fillRow(block, row++, view);
      for (const one of digest.attributes) this.#fillAttribute(block, attribute++, one, first);
    });
    block.firstRow[this.#digests.length] = row;
    block.firstAttribute[this.#digests.length] = attribute;
  }

  #fillRow(block: DigestBlock, row: number, { start, end, flags, status, http }: RowDigest): void {
    block.start[row] = start;
    block.end[row] = end;
    block.flags[row] = flags;
    block.status[row] = status ?? largestStatus + 1;
    block.http[row] = this.#http(http);
  }

  #fillAttribute(block: DigestBlock, index: number, attribute: AttributeDigest, first: number): void {
    const { kind, key, value, segment } = attribute;
    block.attributeKey[index] = key === '' ? 0 : this.#text(key);
    block.attributeRow[index] = first + segment;
    if (typeof value === 'string') {
      block.attributeValue[index] = this.#text(value);
      block.attributeKind[index] = kind | (valueKinds.text << 4);
    } else {
      block.attributeValue[index] = Number(value);
      block.attributeKind[index] =
        kind | ((typeof value === 'number' ? valueKinds.number : valueKinds.boolean) << 4);
    }
  }
}

/** The number of a group of texts, in a table of such groups. */
function numbered(known: Map<string, number>, table: number[], texts: readonly number[]): number {
  const key = texts.join();
  let index = known.get(key);
  if (index === undefined) {
    known.set(key, (index = known.size));
    table.push(...texts);
  }
  return index;
}
