import { createHmac } from 'node:crypto';

/** Keys kept. A lab has a handful of identities and one day; more than this means somebody tries keys. */
const keptKeys = 200;

const keys = new Map<string, Buffer>();

/** The key that signs one day's requests of one identity to one service. Derived once, then remembered. */
export function signingKey(secret: string, date: string, region: string, service: string): Buffer {
  const name = [secret, date, region, service].join('\n');
  const known = keys.get(name);
  if (known) return known;

  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(
    (previous, part) => createHmac('sha256', previous).update(part).digest(),
    `AWS4${secret}`,
  ) as Buffer;
  if (keys.size >= keptKeys) keys.delete(keys.keys().next().value!);
  keys.set(name, key);
  return key;
}
