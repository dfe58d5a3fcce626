import { takingTurns, type Turns } from '../turns.ts';
import { endOfValue, NotJson, parsed } from './read-json.ts';
import { JsonLimitExceeded, type JsonLimits } from './value-scan.ts';

export interface ItemsOptions {
  /** The members of the object whose lists are read item by item. */
  lists: readonly string[];
  /** For one item, and for everything else together in each other member. */
  limits: JsonLimits;
  /** Gets the items, in their order; without it they are only passed over. What it throws ends the reading. */
  onItem?(list: string, index: number, value: unknown): void;
}

/**
 * Reads a large object whose bulk is in lists, such as a file to import: each item is made, handed over and forgotten, and other
 * work gets its turn between two of them.
 * @returns the object, with the lists empty
 * @throws {JsonLimitExceeded} when an item or another member holds more than the limits allow
 * @throws {NotJson} when it is no UTF-8, no JSON or no object, or names a member twice; of items that are passed over only whether
 *   their brackets close
 */
export async function readItems(bytes: Buffer, options: ItemsOptions): Promise<Record<string, unknown>> {
  const reader = new MemberReader(bytes, options.limits);
  const rest = new Map<string, unknown>();
  reader.take('{', 'an object');
  if (!reader.skip('}')) {
    do {
      if (rest.size > options.limits.values) throw new JsonLimitExceeded('values', options.limits.values);
      const name = await reader.name();
      if (rest.has(name)) throw new NotJson(`has the member ${JSON.stringify(name)} twice`);
      reader.take(':', 'a colon');
      if (options.lists.includes(name) && reader.isNext('[')) {
        rest.set(name, []);
        if (options.onItem) await eachItem(reader, name, options.onItem);
        else await reader.passOverList(name);
      } else rest.set(name, await reader.value(name));
    } while (reader.skip(','));
    reader.take('}', 'a comma or the end of the object');
  }
  reader.end();
  return Object.fromEntries(rest);
}

async function eachItem(
  reader: MemberReader,
  list: string,
  onItem: NonNullable<ItemsOptions['onItem']>,
): Promise<void> {
  reader.take('[', 'a list');
  if (reader.skip(']')) return;
  let index = 0;
  do {
    onItem(list, index, await reader.value(`${list}.${index}`));
    index++;
  } while (reader.skip(','));
  reader.take(']', `a comma or the end of ${list}`);
}

class MemberReader {
  readonly #bytes: Buffer;
  readonly #limits: JsonLimits;
  readonly #turns: Turns = takingTurns();
  #at = 0;

  constructor(bytes: Buffer, limits: JsonLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  isNext(sign: string): boolean {
    const bytes = this.#bytes;
    while (isSpace(bytes[this.#at])) this.#at++;
    return bytes[this.#at] === sign.charCodeAt(0);
  }

  /** Whether this sign comes next; if so it is behind us. */
  skip(sign: string): boolean {
    const isHere = this.isNext(sign);
    if (isHere) this.#at++;
    return isHere;
  }

  take(sign: string, what: string): void {
    if (!this.skip(sign)) throw new NotJson(`is not JSON: expected ${what} at byte ${this.#at}`);
  }

  async name(): Promise<string> {
    const name = await this.value('the name of a member');
    if (typeof name !== 'string')
      throw new NotJson(`is not JSON: expected the name of a member before byte ${this.#at}`);
    return name;
  }

  async value(where: string): Promise<unknown> {
    const from = this.#at;
    await this.#passOver(where, this.#limits);
    try {
      return await parsed(this.#bytes.subarray(from, this.#at), this.#turns);
    } catch (error) {
      throw error instanceof NotJson ? new NotJson(`${error.message}, in ${where}`) : error;
    }
  }

  /** To the end of a list of any number of items. What they hold is not looked at. */
  passOverList = (where: string): Promise<void> =>
    this.#passOver(where, { depth: Infinity, values: Infinity });

  async #passOver(where: string, limits: JsonLimits): Promise<void> {
    if (this.#turns.isOver()) await this.#turns.next();
    try {
      this.#at = await endOfValue(this.#bytes, this.#at, limits, this.#turns);
    } catch (error) {
      throw error instanceof JsonLimitExceeded
        ? new JsonLimitExceeded(error.limit, error.most, where)
        : error;
    }
  }

  end(): void {
    this.skip(' ');
    if (this.#at < this.#bytes.length) throw new NotJson(`is not JSON: it goes on at byte ${this.#at}`);
  }
}

const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
