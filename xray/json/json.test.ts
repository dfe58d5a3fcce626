import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JsonLimitExceeded, NotJson, readItems, readJson, usualLimits, type JsonLimits } from './index.ts';
import { ValueScan } from './value-scan.ts';

const read = (text: string, limits: JsonLimits = usualLimits) => readJson(Buffer.from(text), limits);
const refusal = async (reading: Promise<unknown>) =>
  reading.then(
    () => assert.fail('was read'),
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** Values and levels of a JSON value, counted after it was made. */
function measured(value: unknown): { values: number; depth: number } {
  if (typeof value !== 'object' || value === null) return { values: 1, depth: 0 };
  const inner = Object.values(value).map(measured);
  return {
    values: 1 + inner.reduce((sum, { values }) => sum + values, 0),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth)),
  };
}

/** A JSON value, and a text of it with spaces and escapes that JSON.stringify would not write. */
const value = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });
const spelled = fc
  .tuple(value, fc.constantFrom<string | number>('', 1, '\t', ' \r\n '), fc.boolean())
  .map(([one, indent, escaped]) => {
    const text = JSON.stringify(one, undefined, indent);
    return escaped
      ? text.replace(/[^\x00-\x7f]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
      : text;
  });

describe('a body is measured before it is made', () => {
  test('exactly what it holds: at the limits it is read, one below either it is not', async () => {
    await fc.assert(
      fc.asyncProperty(spelled, async (text) => {
        const expected: unknown = JSON.parse(text);
        const { values, depth } = measured(expected);
        assert.deepEqual(await read(text, { values, depth }), expected);
        await assert.rejects(read(text, { values: values - 1, depth }), JsonLimitExceeded);
        if (depth > 0) await assert.rejects(read(text, { values, depth: depth - 1 }), JsonLimitExceeded);
      }),
      { numRuns: 500 },
    );
  });

  test('cut into slices anywhere, the value ends at the same place', () => {
    fc.assert(
      fc.property(spelled, fc.array(fc.nat(200)), (text, cuts) => {
        // Behind the value stands what stands there in a list, in an object or at the end of a line.
        for (const rest of [',1', ']', '}', ' 2', '\n']) {
          const bytes = Buffer.from(text + rest);
          const places = [...new Set(cuts.filter((cut) => cut < bytes.length)), bytes.length].sort(
            (a, b) => a - b,
          );
          const scan = new ValueScan(usualLimits);
          let [at, end] = [0, -1];
          for (const until of places) {
            if (end < 0) end = scan.advance(bytes, at, until);
            at = until;
          }
          assert.equal(end, Buffer.byteLength(text), `${text}${rest} ${places}`);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a text that is no JSON is refused with the same words in any length', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: fc.constantFrom(...'{}[]",:1a\\ \n') }), async (text) => {
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch (error) {
          assert.equal(await refusal(read(text)), `NotJson: is not JSON: ${(error as Error).message}`);
          return;
        }
        assert.deepEqual(await read(text), expected);
      }),
      { numRuns: 2000 },
    );
    assert.equal(
      await refusal(readJson(Buffer.from([0x22, 0xff, 0x22]), usualLimits)),
      'NotJson: is not UTF-8',
    );
  });

  const values = (count: number) =>
    `[${Array(count - 1)
      .fill('0')
      .join()}]`;
  const levels = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  test('50,000 values and 100 levels are read, and one more is not', async () => {
    await read(values(50_000));
    await read(levels(100));
    assert.equal(
      await refusal(read(values(50_001))),
      'JsonLimitExceeded: The JSON holds more than 50000 values',
    );
    assert.equal(
      await refusal(read(levels(101))),
      'JsonLimitExceeded: The JSON nests deeper than 100 levels',
    );
  });
});

describe('an object is read item by item', () => {
  const items = async (text: string, lists = ['a', 'b'], limits = usualLimits) => {
    const seen: [string, number, unknown][] = [];
    const rest = await readItems(Buffer.from(text), { lists, limits, onItem: (...item) => seen.push(item) });
    return { rest, seen };
  };

  test('put together again, it is what JSON.parse makes of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.constantFrom('a', 'b', 'c', 'longer "name"'), value),
        fc.constantFrom('', ' ', '\n\t'),
        async (object, indent) => {
          const text = ` ${JSON.stringify(object, undefined, indent)}\n`;
          const { rest, seen } = await items(text);
          for (const [list, index, item] of seen) (rest[list] as unknown[])[index] = item;
          assert.deepEqual(rest, JSON.parse(text));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a list may hold far more than one item may', async () => {
    const { rest, seen } = await items(`{"a":[${Array(1000).fill('[1,2]').join()}],"c":1}`, ['a'], {
      depth: 2,
      values: 3,
    });
    assert.deepEqual([rest, seen.length, seen[999]], [{ a: [], c: 1 }, 1000, ['a', 999, [1, 2]]]);
  });

  const wrong: { text: string; says: RegExp }[] = [
    { text: '[]', says: /^NotJson: is not JSON: expected an object at byte 0$/ },
    { text: '', says: /^NotJson: is not JSON: expected an object at byte 0$/ },
    { text: '{"a":[1,2', says: /^NotJson: .*expected a comma or the end of a at byte 9$/ },
    { text: '{"a":[1,trx]}', says: /^NotJson: is not JSON: Unexpected token .*, in a\.1$/ },
    { text: '{"a":[1 2]}', says: /^NotJson: .*expected a comma or the end of a at byte 8$/ },
    { text: '{"a":[1,]}', says: /^NotJson: is not JSON: .*, in a\.1$/ },
    { text: '{"c":1,}', says: /^NotJson: is not JSON: / },
    { text: '{"c" 1}', says: /^NotJson: .*expected a colon at byte 5$/ },
    { text: '{c:1}', says: /^NotJson: is not JSON: .*, in the name of a member$/ },
    { text: '{1:1}', says: /^NotJson: .*expected the name of a member before byte 2$/ },
    { text: '{"a":[],"a":[]}', says: /^NotJson: has the member "a" twice$/ },
    { text: '{"a":[]} {}', says: /^NotJson: .*it goes on at byte 9$/ },
    { text: '{"a":[[[[1]]]]}', says: /^JsonLimitExceeded: a\.0 nests deeper than 2 levels$/ },
    { text: '{"a":[1,[1,2,3,4]]}', says: /^JsonLimitExceeded: a\.1 holds more than 4 values$/ },
    { text: '{"c":[[[1]]]}', says: /^JsonLimitExceeded: c nests deeper than 2 levels$/ },
  ];
  for (const { text, says } of wrong) {
    test(`${text || 'nothing'} is refused with its place`, async () => {
      assert.match(await refusal(items(text, ['a'], { depth: 2, values: 4 })), says);
    });
  }
  test('what is no JSON at all is told like any body', async () => {
    await assert.rejects(items('{"a":[{]}'), NotJson);
  });
});
