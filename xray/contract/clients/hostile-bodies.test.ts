import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, test } from 'node:test';
import { limitProfiles } from '../../limits.ts';
import { onlyLocal, startBackend } from '../harness.ts';
import { calls } from './calls.ts';
import { operationNamed, shapeNamed } from './official-model/service-model.ts';
import { post, worldOf } from './world.ts';

const backend = await startBackend({ limits: limitProfiles.lenient });
const world = worldOf(backend);
const { endpoint } = backend;

/** Values that break careless code, whatever member they stand for. */
const nasty = fc.constantFrom<unknown>(
  null,
  '',
  '\u0000',
  '\ud800',
  'NaN',
  '-Infinity',
  '__proto__',
  'x'.repeat(100_000),
  "'; DROP TABLE traces; --",
  '\u202e%s%n${7*7}',
  -0,
  -1,
  0.1 + 0.2,
  1e308,
  -1e308,
  Number.MAX_SAFE_INTEGER,
  2 ** 63,
  5e-324,
  {},
  [],
  [[[[]]]],
  { constructor: { prototype: { polluted: true } } },
);

const anything = fc.oneof(
  { weight: 2, arbitrary: nasty },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 4 }) },
);

/** An object of an operation's own members with anything in them, among others of any name. */
const bodyOf = (operation: string) => {
  const members = Object.keys(shapeNamed(operationNamed(operation).input).members ?? {});
  const known = fc.record(Object.fromEntries(members.map((name) => [name, anything])), { requiredKeys: [] });
  return fc
    .tuple(known, fc.dictionary(fc.string(), anything, { maxKeys: 3 }))
    .map(([own, others]) => JSON.stringify({ ...others, ...own }));
};

/** A valid body with one value somewhere in it replaced. */
const changed = (base: object) => {
  const paths = pathsIn(base);
  return fc.tuple(fc.nat(paths.length), anything).map(([index, value]) => {
    const copy = { body: structuredClone(base) } as Record<string, unknown>;
    const path = ['body', ...(paths[index] ?? [])];
    const parent = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy);
    parent[path.at(-1)!] = value;
    return JSON.stringify(copy['body']);
  });
};

const pathsIn = (value: unknown): string[][] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([key, item]) => [[key], ...pathsIn(item).map((rest) => [key, ...rest])]);

const deep = (depth: number) => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const inEveryMember = (operation: string, text: string) =>
  Object.keys(shapeNamed(operationNamed(operation).input).members ?? {}).map((name) => `{"${name}":${text}}`);

/** Texts that no generator of JSON would write. */
const texts = (operation: string) => [
  'null',
  '""',
  '[]',
  '{',
  '\u0000',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  deep(100_000),
  '['.repeat(100_000),
  ...inEveryMember(operation, deep(5_000)),
  ...inEveryMember(operation, '['.repeat(5_000) + ']'.repeat(5_000)),
  ...inEveryMember(operation, '1e999'),
  ...inEveryMember(operation, '-1e999'),
  ...inEveryMember(operation, '9'.repeat(1_000)),
  ...inEveryMember(operation, '{"__proto__":{"polluted":true}}'),
  ...inEveryMember(operation, '[{"__proto__":null}]'),
  ...inEveryMember(operation, '{"toString":1,"hasOwnProperty":1,"valueOf":null}'),
];

for (const [operation, { input, check }] of Object.entries(calls)) {
  describe(`${operation}, whatever the body`, { skip: onlyLocal }, () => {
    const { path } = operationNamed(operation);

    const survives = async (body: string) => {
      const { status, message, answer } = await post(endpoint!, path, body);
      const told = `${status} ${JSON.stringify(answer).slice(0, 200)} for ${body.slice(0, 200)}`;
      assert.ok(status === 200 || (status >= 400 && status < 500 && message !== ''), told);
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined, told);
    };

    test('is answered, never with a 5xx, and the next good call works', async () => {
      for (const text of texts(operation)) await survives(text);
      await fc.assert(fc.asyncProperty(bodyOf(operation), survives), { numRuns: 40 });
      await fc.assert(fc.asyncProperty(changed(await input(world)), survives), { numRuns: 60 });

      const good = await input(world);
      const { status, answer } = await post(endpoint!, path, JSON.stringify(good));
      assert.equal(status, 200, JSON.stringify(answer));
      check(answer, good);
    });
  });
}
