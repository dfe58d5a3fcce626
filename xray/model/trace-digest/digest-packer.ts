/** Packs digests into a block: numbers everything that is kept once, then writes the columns. */
import type { AnnotationValue } from '../vocabulary.ts';
import { type BlockColumns, bufferFor, columnNames, columnsOf } from './digest-layout.ts';
import { inTicks, odd } from './ticks.ts';
import { type HttpDigest, largestStatus, type ServiceDigest, type TraceDigest } from './trace-digest.ts';

type Lists = Record<keyof BlockColumns, number[]>;

export class DigestPacker {
  readonly #columns = emptyLists();
  readonly #texts = new Map<string, number>();
  readonly #https = new Map<string, number>();
  readonly #services = new Map<string, number>();
  /** Services by object: those of one digest repeat. */
  readonly #known = new Map<ServiceDigest, number>();
  readonly #shapes = new Map<string, number>();
  /** Different values that are no texts. */
  readonly #values = new Map<number | boolean | typeof negativeZero, number>();
  /** Places in `attributeValue` of values that are no texts: their indexes follow when all texts are numbered. */
  readonly #otherPlaces: number[] = [];

  pack(digests: readonly (TraceDigest | undefined)[]): { buffer: ArrayBuffer; text: string } {
    const columns = this.#columns;
    // Shape 0 is that of empty slots.
    this.#shapeOf(emptyDigest);
    for (const digest of digests) this.#add(digest ?? emptyDigest);
    columns.shapeRow.push(columns.service.length);
    columns.shapeAttribute.push(columns.attributeKind.length);

    const texts = [...this.#texts.keys()];
    const text = texts.join('');
    for (const at of this.#otherPlaces) columns.attributeValue[at]! += texts.length + 1;
    // Text 0 stands for absence and is empty.
    columns.textStart.push(0);
    let position = 0;
    for (const { length } of texts) {
      columns.textStart.push(position);
      position += length;
    }
    columns.textStart.push(position);

    const sizes = {
      slots: digests.length,
      rows: columns.start.length,
      attributes: columns.attributeValue.length,
      shapes: columns.root.length,
      shapeRows: columns.service.length,
      shapeAttributes: columns.attributeKind.length,
      https: columns.httpTexts.length / 4,
      services: columns.serviceTexts.length / 4,
      values: columns.value.length,
      texts: texts.length + 1,
      textUnits: text.length,
      oddRows: columns.oddRow.length,
      largestRevision: columns.revision.reduce((largest, revision) => Math.max(largest, revision), 0),
    };
    const buffer = bufferFor(sizes);
    const written = columnsOf(buffer);
    for (const name of columnNames) written[name].set(columns[name]);
    return { buffer, text };
  }

  #add(digest: TraceDigest): void {
    const columns = this.#columns;
    const shape = this.#shapeOf(digest);
    columns.startTime.push(digest.startTime);
    columns.endTime.push(digest.endTime);
    columns.idTail.push(digest.idTail);
    columns.revision.push(digest.revision);
    columns.traceFlags.push(digest.flags);
    columns.shape.push(shape);
    columns.rowShift.push(columns.start.length - columns.shapeRow[shape]!);
    columns.attributeShift.push(columns.attributeValue.length - columns.shapeAttribute[shape]!);
    for (const { start, end, http } of digest.segments) this.#addRow(digest.startTime, start, end, http);
    for (const { start, end, http } of digest.views) this.#addRow(digest.startTime, start, end, http);
    for (const { value } of digest.attributes) this.#addValue(value);
  }

  #addRow(traceStart: number, start: number, end: number, http: HttpDigest | undefined): void {
    const columns = this.#columns;
    const ticks = inTicks(traceStart, start, end);
    if (ticks === undefined) {
      columns.oddRow.push(columns.start.length);
      columns.oddStart.push(start);
      columns.oddEnd.push(end);
    }
    columns.start.push(ticks?.start ?? 0);
    columns.duration.push(ticks?.duration ?? odd);
    columns.http.push(this.#http(http));
  }

  /** The number of a trace's shape: everything about it but times, HTTP requests and values of attributes. */
  #shapeOf({ segments, views, attributes, root }: TraceDigest): number {
    const numbers = [root, segments.length, views.length];
    for (const { service, caller, view, flags, status = largestStatus + 1 } of segments) {
      numbers.push(this.#service(service), caller, view, flags, status);
    }
    for (const { flags, status = largestStatus + 1 } of views) numbers.push(flags, status);
    for (const { kind, key, segment } of attributes) {
      numbers.push(kind, key === '' ? 0 : this.#text(key), segment);
    }
    const key = numbers.join();
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;

    const columns = this.#columns;
    const number = this.#shapes.size;
    this.#shapes.set(key, number);
    const first = columns.service.length;
    columns.shapeRow.push(first);
    columns.shapeView.push(first + segments.length);
    columns.shapeAttribute.push(columns.attributeKind.length);
    columns.root.push(root < 0 ? 0 : first + root + 1);
    for (const { service, caller, view, flags, status } of segments) {
      columns.service.push(this.#service(service));
      columns.caller.push(caller < 0 ? 0 : first + caller + 1);
      columns.view.push(first + view);
      columns.flags.push(flags);
      columns.status.push(status ?? largestStatus + 1);
    }
    for (const { flags, status } of views) {
      columns.service.push(0);
      columns.caller.push(0);
      columns.view.push(0);
      columns.flags.push(flags);
      columns.status.push(status ?? largestStatus + 1);
    }
    for (const { kind, key: name, segment } of attributes) {
      columns.attributeKind.push(kind);
      columns.attributeKey.push(name === '' ? 0 : this.#text(name));
      columns.attributeRow.push(first + segment);
    }
    return number;
  }

  #text(text: string | undefined): number {
    if (text === undefined) return 0;
    let index = this.#texts.get(text);
    if (index === undefined) this.#texts.set(text, (index = this.#texts.size + 1));
    return index;
  }

  /** Counts from 1; 0 for none. */
  #http(http: HttpDigest | undefined): number {
    if (http === undefined) return 0;
    const texts = [http.url, http.method, http.userAgent, http.clientIp].map((text) => this.#text(text));
    return numbered(this.#https, this.#columns.httpTexts, texts) + 1;
  }

  #service(service: ServiceDigest): number {
    const known = this.#known.get(service);
    if (known !== undefined) return known;
    const { id, account } = service;
    const texts = [id.Name, id.Type, id.AccountId, account].map((text) => this.#text(text));
    const index = numbered(this.#services, this.#columns.serviceTexts, texts);
    this.#known.set(service, index);
    return index;
  }

  #addValue(value: AnnotationValue): void {
    const { attributeValue } = this.#columns;
    if (typeof value === 'string') {
      attributeValue.push(this.#text(value));
      return;
    }
    this.#otherPlaces.push(attributeValue.length);
    attributeValue.push(this.#other(value));
  }

  #other(value: number | boolean): number {
    // A Map takes 0 and -0 for one.
    const key = Object.is(value, -0) ? negativeZero : value;
    const known = this.#values.get(key);
    if (known !== undefined) return known;
    const index = this.#values.size;
    this.#values.set(key, index);
    this.#columns.value.push(Number(value));
    this.#columns.isBoolean.push(Number(typeof value === 'boolean'));
    return index;
  }
}

const negativeZero = Symbol('-0');

const emptyDigest: TraceDigest = {
  revision: 0,
  idTail: 0,
  startTime: 0,
  endTime: 0,
  flags: 0,
  root: -1,
  segments: [],
  views: [],
  attributes: [],
};

function emptyLists(): Lists {
  return Object.fromEntries(columnNames.map((name) => [name, [] as number[]])) as Lists;
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
