import { createHash, createHmac } from 'node:crypto';

/** A source of numbers in [0, 1): the same seed gives the same ones, everywhere. */
export type Random = () => number;

/**
 * What a live item draws its parameters from. Without the secret nobody can tell what another learner, or the next
 * attempt, will draw.
 */
export function liveKey(secret: string, learner: string, item: string, attempt: string): Buffer {
  // The parts are free text, so each is preceded by its length: "a|b" + "c" is not "a" + "b|c".
  const message = [learner, item, attempt].map((part) => `${part.length}:${part}`).join('|');
  return createHmac('sha256', secret).update(message).digest();
}

/** Numbers from a text that everybody may know, e.g. the seed of an attempt. */
export const randomFromText = (text: string): Random =>
  randomFrom(createHash('sha256').update(text).digest());

/** Numbers from at least 16 bytes (sfc32, which passes PractRand; the counter is its fourth word). */
export function randomFrom(bytes: Buffer): Random {
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => bytes.readUInt32LE(at)) as [
    number,
    number,
    number,
    number,
  ];
  const next = () => {
    const sum = (a + b + counter) >>> 0;
    counter = (counter + 1) >>> 0;
    a = (b ^ (b >>> 9)) >>> 0;
    b = (c + (c << 3)) >>> 0;
    c = (((c << 21) | (c >>> 11)) + sum) >>> 0;
    return sum / 2 ** 32;
  };
  for (let round = 0; round < 12; round += 1) next();
  return next;
}

/** Fisher–Yates; the list itself stays as it is. */
export function shuffled<Item>(items: readonly Item[], random: Random): Item[] {
  const drawn = [...items];
  for (let last = drawn.length - 1; last > 0; last -= 1) {
    const at = Math.floor(random() * (last + 1));
    [drawn[last], drawn[at]] = [drawn[at] as Item, drawn[last] as Item];
  }
  return drawn;
}

/** One of the items; undefined of an empty list. */
export const oneOf = <Item>(items: readonly Item[], random: Random): Item | undefined =>
  items[Math.floor(random() * items.length)];

/** A multiple of `step` between the two, both included. */
export const between = (from: number, to: number, step: number, random: Random): number =>
  Number((from + step * Math.floor(random() * (Math.round((to - from) / step) + 1))).toFixed(6));
