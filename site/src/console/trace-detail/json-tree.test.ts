import { test } from 'node:test';
import assert from 'node:assert/strict';
import { findIn, linesOf, type Finds, type JsonLine } from './json-tree.ts';

const none = new Map<string, boolean>();
const lines = (value: unknown, levels = 1, opened: ReadonlyMap<string, boolean> = none, finds?: Finds) =>
  linesOf(value, undefined, { levels, opened, finds });
/** As it looks: two spaces a level, `+` closed, `-` open. */
const drawn = (all: JsonLine[]) =>
  all.map(
    ({ depth, name, text, open, found }) =>
      `${'  '.repeat(depth)}${open === undefined ? '' : open ? '- ' : '+ '}${name === undefined ? '' : `${name}: `}${text}${found ? ' *' : ''}`,
  );

const segment = {
  name: 'order',
  http: { response: { status: 201 } },
  subsegments: [{ name: 'a' }, { name: 'b' }],
};

test('what is closed has no lines', () => {
  assert.deepEqual(drawn(lines(segment)), [
    '- { 3 }',
    '  name: "order"',
    '  + http: { 1 }',
    '  + subsegments: [ 2 ]',
  ]);
  assert.deepEqual(drawn(lines(segment, 0)), ['+ { 3 }']);
});

test('what the reader opens and closes goes before the levels that stand open', () => {
  const opened = new Map([
    ['/http', true],
    ['/subsegments', false],
  ]);
  assert.deepEqual(drawn(lines(segment, 3, opened)).slice(2), [
    '  - http: { 1 }',
    '    - response: { 1 }',
    '      status: 201',
    '  + subsegments: [ 2 ]',
  ]);
});

test('leaves of every kind, and what is empty, can not be opened', () => {
  const value = { a: null, b: true, c: 1.5, d: '"', e: [], f: {} };
  assert.deepEqual(
    lines(value).map(({ kind, text, open }) => [kind, text, open]),
    [
      ['object', '{ 6 }', true],
      ['null', 'null', undefined],
      ['boolean', 'true', undefined],
      ['number', '1.5', undefined],
      ['string', '"\\""', undefined],
      ['list', '[]', undefined],
      ['object', '{}', undefined],
    ],
  );
});

test('a list of 5,000 is fifty parts, and one part its hundred lines', () => {
  const value = { rows: Array.from({ length: 5000 }, (_, at) => ({ at })) };
  const parts = lines(value, 2);
  assert.equal(parts.length, 52);
  assert.deepEqual(drawn(parts).slice(2, 4), ['    + 0 … 99: 100', '    + 100 … 199: 100']);
  const opened = lines(value, 2, new Map([[parts[51]!.path, true]]));
  assert.equal(opened.length, 152);
  assert.deepEqual(drawn(opened).at(-1), '      + 4999: { 1 }');
});

for (const count of [0, 1, 100, 101, 10_000, 10_001, 250_000]) {
  test(`of a list of ${count}, no opened line has more than a hundred below it`, () => {
    const all = lines(
      Array.from({ length: count }, () => 0),
      1,
    );
    assert.ok(all.length <= 101, `${all.length} lines`);
    const wanted = { get: () => true };
    const leaves = linesOf(
      Array.from({ length: count }, () => 0),
      undefined,
      { levels: 1, opened: wanted },
    ).filter(({ kind }) => kind === 'number');
    assert.equal(leaves.length, count);
    assert.deepEqual(leaves.at(-1)?.name, count ? String(count - 1) : undefined);
  });
}

test('no two lines have one path, whatever members are called', () => {
  const names = ['a/b', 'a~b', 'a~1b', '', '/', '~0-100', '0', '__proto__'];
  const inner = Object.fromEntries(names.map((name) => [name, { a: 1 }]));
  const value = JSON.parse(
    JSON.stringify({ ...inner, a: { b: { a: 1 } }, list: Array.from({ length: 101 }, () => inner) }),
  );
  const all = linesOf(value, undefined, { levels: 9, opened: { get: () => true } });
  assert.equal(new Set(all.map(({ path }) => path)).size, all.length);
  assert.ok(all.length > 1600);
});

test('a search shows what it finds and the way there, in names and in values', () => {
  const finds = findIn(segment, 'B', 10);
  assert.deepEqual(drawn(lines(segment, 1, none, finds)), [
    '- { 3 }',
    '  - subsegments: [ 2 ] *',
    '    - 1: { 1 }',
    '      name: "b" *',
  ]);
  assert.deepEqual(drawn(lines(segment, 1, none, findIn(segment, '201', 10))), [
    '- { 3 }',
    '  - http: { 1 }',
    '    - response: { 1 }',
    '      status: 201 *',
  ]);
});

test('what the reader opens of a search is shown whole', () => {
  const finds = findIn(segment, 'status', 10);
  const all = drawn(lines(segment, 1, new Map([['', true]]), finds));
  assert.deepEqual(all, [
    '- { 3 }',
    '  name: "order"',
    '  - http: { 1 }',
    '    - response: { 1 }',
    '      status: 201 *',
    '  + subsegments: [ 2 ]',
  ]);
});

test('a search stops where it was told, and says that there is more', () => {
  const value = Array.from({ length: 5000 }, (_, at) => ({ name: `call ${at}` }));
  const finds = findIn(value, 'call', 50);
  assert.deepEqual([finds.paths.size, finds.more], [50, true]);
  assert.equal(findIn(value, 'call 4999', 50).paths.size, 1);
  assert.equal(findIn(value, 'call 4999', 50).more, false);
  assert.equal(
    drawn(lines(value, 1, none, findIn(value, 'call 4999', 50))).at(-1),
    '      name: "call 4999" *',
  );
  assert.deepEqual(findIn(value, '  ', 50).paths.size, 0);
});

test('ten thousand levels are lines like others', () => {
  let value: unknown = 'bottom';
  for (let level = 0; level < 10_000; level++) value = [value];
  assert.equal(linesOf(value, undefined, { levels: Infinity, opened: none }).length, 10_001);
  assert.equal(findIn(value, 'bottom', 1).above.size, 10_000);
});
