/** How a block of digests lies in its buffer: a header with sizes, then the columns one after the other. */

/**
 * Written at the head of each block. Raise it when the layout changes, or what the model reads out of a trace: digests
 * of another version are made anew.
 */
export const digestVersion = 2;

const headerBytes = 64;

/** How many there are of each, in the order of the header. */
export interface BlockSizes {
  slots: number;
  /** Of all traces together. */
  rows: number;
  attributes: number;
  shapes: number;
  /** Of all shapes together. */
  shapeRows: number;
  shapeAttributes: number;
  https: number;
  services: number;
  values: number;
  texts: number;
  /** Of all texts together, in UTF-16 units. */
  textUnits: number;
  /** Rows whose times do not fit into ticks. */
  oddRows: number;
  largestRevision: number;
}

const sizeNames = [
  'slots',
  'rows',
  'attributes',
  'shapes',
  'shapeRows',
  'shapeAttributes',
  'https',
  'services',
  'values',
  'texts',
  'textUnits',
  'oddRows',
  'largestRevision',
] as const satisfies readonly (keyof BlockSizes)[];

type Unsigned = Uint8Array | Uint16Array | Uint32Array;

export interface BlockColumns {
  // One per slot.
  startTime: Float64Array;
  endTime: Float64Array;
  idTail: Uint32Array;
  /** A row of the shape plus this is the place of the trace's times; the same for attributes and values. */
  rowShift: Int32Array;
  attributeShift: Int32Array;
  revision: Unsigned;
  shape: Unsigned;
  traceFlags: Unsigned;

  // One per row of a trace, see ticks.ts; http counts from 1, 0 for none.
  start: Uint32Array;
  duration: Uint32Array;
  http: Unsigned;
  /** One per attribute of a trace: index of a text or, behind those, of a value that is no text. */
  attributeValue: Unsigned;

  // One per shape, and one more for the end. `root` counts from 1, 0 for none.
  shapeRow: Unsigned;
  shapeView: Unsigned;
  shapeAttribute: Unsigned;
  root: Unsigned;

  // One per row of a shape. `caller` counts from 1, 0 for none.
  service: Unsigned;
  caller: Unsigned;
  view: Unsigned;
  status: Unsigned;
  flags: Unsigned;

  // One per attribute of a shape.
  attributeKey: Unsigned;
  attributeRow: Unsigned;
  attributeKind: Unsigned;

  /** One per different value that is no text: a number, or 0 or 1 for a boolean. */
  value: Float64Array;
  isBoolean: Unsigned;

  oddStart: Float64Array;
  oddEnd: Float64Array;
  oddRow: Uint32Array;

  /** Four texts each: url, method, user agent, client ip; Name, Type, AccountId, account. Text 0 is absence. */
  httpTexts: Unsigned;
  serviceTexts: Unsigned;
  /** Where each text begins, in UTF-16 units; one more for the end. */
  textStart: Unsigned;
}

const noSizes = Object.fromEntries(sizeNames.map((name) => [name, 0])) as unknown as BlockSizes;

type ColumnKind = 'float64' | 'int32' | 'uint32' | 'uint16' | 'uint8';

const makers = {
  float64: (buffer: ArrayBuffer, offset: number, length: number) => new Float64Array(buffer, offset, length),
  int32: (buffer: ArrayBuffer, offset: number, length: number) => new Int32Array(buffer, offset, length),
  uint32: (buffer: ArrayBuffer, offset: number, length: number) => new Uint32Array(buffer, offset, length),
  uint16: (buffer: ArrayBuffer, offset: number, length: number) => new Uint16Array(buffer, offset, length),
  uint8: (buffer: ArrayBuffer, offset: number, length: number) => new Uint8Array(buffer, offset, length),
} as const;

const widths: Record<ColumnKind, number> = { float64: 8, int32: 4, uint32: 4, uint16: 2, uint8: 1 };

/** The narrowest column that holds whole numbers up to this one. */
const upTo = (largest: number): ColumnKind =>
  largest <= 0xff ? 'uint8' : largest <= 0xffff ? 'uint16' : 'uint32';

/** Kind and length of each column; how wide an index is depends on how much there is to point at. */
function kindsOf(sizes: BlockSizes): Record<keyof BlockColumns, readonly [ColumnKind, number]> {
  const { slots, rows, attributes, shapes, shapeRows, shapeAttributes, services, values, texts, oddRows } =
    sizes;
  const text = upTo(texts);
  const shapeRow = upTo(shapeRows + 1);
  return {
    startTime: ['float64', slots],
    endTime: ['float64', slots],
    idTail: ['uint32', slots],
    rowShift: ['int32', slots],
    attributeShift: ['int32', slots],
    revision: [upTo(sizes.largestRevision), slots],
    shape: [upTo(shapes), slots],
    traceFlags: ['uint8', slots],
    start: ['uint32', rows],
    duration: ['uint32', rows],
    http: [upTo(sizes.https), rows],
    attributeValue: [upTo(texts + values), attributes],
    shapeRow: [shapeRow, shapes + 1],
    shapeView: [shapeRow, shapes],
    shapeAttribute: [upTo(shapeAttributes), shapes + 1],
    root: [shapeRow, shapes],
    service: [upTo(services), shapeRows],
    caller: [shapeRow, shapeRows],
    view: [shapeRow, shapeRows],
    status: ['uint16', shapeRows],
    flags: ['uint8', shapeRows],
    attributeKey: [text, shapeAttributes],
    attributeRow: [shapeRow, shapeAttributes],
    attributeKind: ['uint8', shapeAttributes],
    value: ['float64', values],
    isBoolean: ['uint8', values],
    oddStart: ['float64', oddRows],
    oddEnd: ['float64', oddRows],
    oddRow: ['uint32', oddRows],
    httpTexts: [text, 4 * sizes.https],
    serviceTexts: [text, 4 * services],
    textStart: [upTo(sizes.textUnits), texts + 1],
  };
}

/** Places the columns, each at a multiple of its width. Returns where they end. */
function place(
  sizes: BlockSizes,
  visit: (name: keyof BlockColumns, kind: ColumnKind, offset: number, length: number) => void = () => {},
): number {
  let offset = headerBytes;
  const kinds = kindsOf(sizes);
  for (const name in kinds) {
    const [kind, length] = kinds[name as keyof BlockColumns];
    const width = widths[kind];
    offset = Math.ceil(offset / width) * width;
    visit(name as keyof BlockColumns, kind, offset, length);
    offset += width * length;
  }
  return offset;
}

export const columnNames = Object.keys(kindsOf(noSizes)) as readonly (keyof BlockColumns)[];

/** An empty buffer for the columns of a block of these sizes. */
export function bufferFor(sizes: BlockSizes): ArrayBuffer {
  const buffer = new ArrayBuffer(place(sizes));
  const header = new Uint32Array(buffer, 0, headerBytes / 4);
  header[0] = digestVersion;
  sizeNames.forEach((name, index) => (header[index + 1] = sizes[name]));
  return buffer;
}

/** How many bytes of a block tell its version. */
export const versionBytes = 4;

export const isOfThisVersion = (bytes: Uint8Array): boolean =>
  bytes.length >= versionBytes && new Uint32Array(bytes.slice(0, versionBytes).buffer)[0] === digestVersion;

function sizesOf(buffer: ArrayBuffer): BlockSizes {
  const header = new Uint32Array(buffer, 0, headerBytes / 4);
  if (header[0] !== digestVersion) throw new Error('The digest block is of another version.');
  return Object.fromEntries(
    sizeNames.map((name, index) => [name, header[index + 1]!]),
  ) as unknown as BlockSizes;
}

/** The columns of a block, on its buffer. Throws for a buffer of another version, or one that is cut short. */
export function columnsOf(buffer: ArrayBuffer): BlockColumns {
  const columns: Partial<Record<keyof BlockColumns, unknown>> = {};
  place(sizesOf(buffer), (name, kind, offset, length) => {
    columns[name] = makers[kind](buffer, offset, length);
  });
  return columns as BlockColumns;
}

/** Where the columns of a block end. Throws for bytes of another version. */
export const columnBytesOf = (bytes: Uint8Array): number =>
  place(sizesOf(bytes.slice(0, headerBytes).buffer));
