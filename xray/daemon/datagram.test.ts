import assert from 'node:assert/strict';
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
  { name: 'no line feed', text: 'hello', expected: { rejected: 'Missing header or segment: hello' } },
  {
    name: 'nothing after the header',
    text: `${header}\n`,
    expected: { rejected: `Missing header or segment: ${header}` },
  },
  {
    name: 'a header of another version',
    text: '{"format":"json","version":2}\n{}',
    expected: { rejected: 'Invalid header: {"format":"json","version":2}' },
  },
  { name: 'a header that is no JSON', text: 'hi\n{}', expected: { rejected: 'Invalid header: hi' } },
  { name: 'a header that is JSON null', text: 'null\n{}', expected: { rejected: 'Invalid header: null' } },
];
for (const { name, text, expected } of cases) {
  test(name, () => assert.deepEqual(readDatagram(Buffer.from(text)), expected));
}
