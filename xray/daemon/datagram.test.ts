import fc from 'fast-check';
import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { readDatagram } from './datagram.ts';

const header = '{"format": "json", "version": 1}';
const cases = [
  {
    name: 'header, line feed, document',
    text: `${header}\n{"id":"1"}`,
    expected: { document: '{"id":"1"}' },
  },
  {
    name: 'the header as the Node SDK writes it',
    text: '{"format":"json","version":1}\n{}',
    expected: { document: '{}' },
  },
  { name: 'the format in any case', text: '{"version":1,"format":"JSON"}\n{}', expected: { document: '{}' } },
  {
    name: 'line feeds inside the document belong to it',
    text: `${header}\n{\n}\n`,
    expected: { document: '{\n}\n' },
  },
  {
    name: 'a document that is no JSON is passed on: the API judges it',
    text: `${header}\nhello`,
    expected: { document: 'hello' },
  },
  {
    name: 'no line feed',
    text: 'hello',
    expected: { rejected: ['Missing header: hello', 'Missing header or segment: hello'] },
  },
  {
    name: 'names of the header in any case, unknown ones ignored',
    text: '{"FORMAT":"JsOn","VERSION":1,"x":{"version":2}}\n{}',
    expected: { document: '{}' },
  },
  {
    name: 'a version that is no whole number as Go reads one',
    text: '{"format":"json","version":1.0}\n{}',
    expected: { rejected: ['Invalid header: {"format":"json","version":1.0}'] },
  },
  {
    name: 'a version in quotes',
    text: '{"format":"json","version":"1"}\n{}',
    expected: { rejected: ['Invalid header: {"format":"json","version":"1"}'] },
  },
  {
    name: 'nothing after the header',
    text: `${header}\n`,
    expected: { rejected: [`Missing header or segment: ${header}`] },
  },
  {
    name: 'a header of another version',
    text: '{"format":"json","version":2}\n{}',
    expected: { rejected: ['Invalid header: {"format":"json","version":2}'] },
  },
  { name: 'a header that is no JSON', text: 'hi\n{}', expected: { rejected: ['Invalid header: hi'] } },
  { name: 'a header that is JSON null', text: 'null\n{}', expected: { rejected: ['Invalid header: null'] } },
];
for (const { name, text, expected } of cases) {
  test(name, () => assert.deepEqual(readDatagram(Buffer.from(text)), expected));
}

test('each byte that is no UTF-8 becomes one replacement character, as in Go', () => {
  const bytes = Buffer.concat([
    Buffer.from(`${header}\n`),
    Buffer.from([0x61, 0xff, 0xe2, 0x80, 0x62, 0xed, 0xa0, 0x80]),
    Buffer.from('😀'),
  ]);
  assert.deepEqual(readDatagram(bytes), { document: 'a\ufffd\ufffd\ufffdb\ufffd\ufffd\ufffd😀' });
});

test('of any bytes each that is no UTF-8 is replaced alone, and the rest is as it was', () => {
  // Lead and continuation bytes of every kind, whole characters, and halves of them.
  const piece = fc.oneof(
    fc
      .constantFrom(
        0x61,
        0x80,
        0xbf,
        0xc0,
        0xc2,
        0xdf,
        0xe0,
        0xe2,
        0xed,
        0xef,
        0xf0,
        0xf4,
        0xf5,
        0xff,
        0x90,
        0xa0,
      )
      .map((byte) => Buffer.from([byte])),
    fc.constantFrom('é', '日', '😀', '\u{10ffff}', '\ufffd').map((text) => Buffer.from(text)),
  );
  const oneByOne = (bytes: Buffer): string => {
    if (bytes.length === 0) return '';
    const length = [1, 2, 3, 4].find((some) => some <= bytes.length && isUtf8(bytes.subarray(0, some)));
    const sign = length === undefined ? '\ufffd' : bytes.toString('utf8', 0, length);
    return sign + oneByOne(bytes.subarray(length ?? 1));
  };
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 20 }), (pieces) => {
      const bytes = Buffer.concat([Buffer.from(`${header}\n`), ...pieces]);
      assert.deepEqual(readDatagram(bytes), { document: oneByOne(Buffer.concat(pieces)) });
    }),
    { numRuns: 2000 },
  );
});

const largest = [
  { name: 'a header of objects', bytes: Buffer.from(`[${Array(20_000).fill('{}').join()}]\n{}`) },
  { name: 'a header of brackets', bytes: Buffer.from(`${'['.repeat(32_000)}${']'.repeat(32_000)}\n{}`) },
  { name: 'a document of brackets', bytes: Buffer.from(`${header}\n${'['.repeat(64_000)}`) },
  {
    name: 'a document that is no UTF-8',
    bytes: Buffer.concat([Buffer.from(`${header}\n`), Buffer.alloc(64_000, 0xff)]),
  },
];
for (const { name, bytes } of largest) {
  test(`a datagram of 64 KB, ${name}, is read in a moment, also when many come at once`, () => {
    const start = process.threadCpuUsage();
    for (let number = 0; number < 32; number++) readDatagram(bytes);
    const { user } = process.threadCpuUsage(start);
    assert.ok(user < 100_000, `${user / 1000} ms`);
  });
}

test('whatever arrives is a document or a reason, and what is UTF-8 passes unchanged', () => {
  const anyBytes = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(anyBytes, (bytes) => {
      const datagram = readDatagram(bytes);
      assert.equal('document' in datagram || datagram.rejected.length > 0, true);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (document) => {
      assert.deepEqual(readDatagram(Buffer.from(`${header}\n${document}`)), { document });
    }),
  );
});
