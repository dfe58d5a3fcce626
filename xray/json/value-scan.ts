/** How much JSON is read. */
export interface JsonLimits {
  /** Lists and objects inside each other. */
  depth: number;
  /** Lists, objects, texts, numbers, `true`, `false` and `null`; names of members do not count. */
  values: number;
}

/**
 * What no request to the lab comes near. JSON.parse and a schema take some 20 ms for so many values; a body of 16 MB can hold five
 * million, which take seconds and gigabytes.
 */
export const usualLimits: JsonLimits = { depth: 100, values: 50_000 };

/** JSON that is larger than is read. */
export class JsonLimitExceeded extends Error {
  override readonly name = 'JsonLimitExceeded';
  readonly limit: keyof JsonLimits;
  readonly most: number;

  /** @param where What is too large, as the sentence's subject: `The body`. */
  constructor(limit: keyof JsonLimits, most: number, where = 'The JSON') {
    super(
      limit === 'depth'
        ? `${where} nests deeper than ${most} levels`
        : `${where} holds more than ${most} values`,
    );
    this.limit = limit;
    this.most = most;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;

/**
 * Walks over one JSON value, slice by slice, and counts what is in it before anything of it is made. It tells where the value ends,
 * not whether it is well formed: that is JSON.parse's part.
 */
export class ValueScan {
  readonly #limits: JsonLimits;
  #depth = 0;
  #values = 0;
  #inText = false;
  #isEscaped = false;
  #inScalar = false;

  constructor(limits: JsonLimits) {
    this.#limits = limits;
  }

  /**
   * Goes on from `at` to the end of the value, or to `until`.
   * @returns the place behind the value; -1 when it has not ended
   * @throws {JsonLimitExceeded}
   */
  advance(bytes: Uint8Array, at: number, until: number): number {
    const { depth: deepest, values: most } = this.#limits;
    let [depth, values] = [this.#depth, this.#values];
    let [inText, isEscaped, inScalar] = [this.#inText, this.#isEscaped, this.#inScalar];
    let end = -1;

    for (; at < until && end < 0; at++) {
      const byte = bytes[at]!;
      if (inText) {
        if (isEscaped) isEscaped = false;
        else if (byte === backslash) isEscaped = true;
        else if (byte === quote) {
          inText = false;
          if (depth === 0) end = at + 1;
        }
        continue;
      }
      switch (byte) {
        case quote:
          inText = true;
          inScalar = false;
          values++;
          break;
        case 0x5b: // [
        case 0x7b: // {
          inScalar = false;
          values++;
          depth++;
          if (depth > deepest) throw new JsonLimitExceeded('depth', deepest);
          break;
        case 0x5d: // ]
        case 0x7d: // }
          if (depth === 0) end = at;
          else if (--depth === 0) end = at + 1;
          inScalar = false;
          break;
        case colon:
        case comma:
          // What stood before a colon was a member's name.
          if (byte === colon) values--;
          if (depth === 0) end = at;
          inScalar = false;
          break;
        case 0x20:
        case 0x09:
        case 0x0a:
        case 0x0d:
          if (inScalar && depth === 0) end = at;
          inScalar = false;
          break;
        default:
          if (!inScalar) values++;
          inScalar = true;
      }
      if (values > most) throw new JsonLimitExceeded('values', most);
    }

    [this.#depth, this.#values] = [depth, values];
    [this.#inText, this.#isEscaped, this.#inScalar] = [inText, isEscaped, inScalar];
    return end;
  }
}
