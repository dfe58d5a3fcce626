import { test } from 'node:test';
import assert from 'node:assert/strict';
import { answerOf, documentsWith, findsIn, mostFinds, readDocument } from './raw-documents.ts';

const documents = [
  { id: 'a', text: '{"name":"gateway","http":{"response":{"status":500}}}' },
  { id: 'a', text: '{"name":"order","inferred":true}' },
  { id: 'b', text: 'no JSON' },
];

test('a search keeps the documents that hold the text, each with its place', () => {
  const places = (search: string) => documentsWith(documents, search).map(({ place }) => place);
  assert.deepEqual(places(''), [0, 1, 2]);
  assert.deepEqual(places(' ORDER '), [1]);
  assert.deepEqual(places('json'), [2]);
  assert.deepEqual(places('nowhere'), []);
});

test('the head of a document: name, size in bytes, and whether X-Ray made it', () => {
  assert.deepEqual(readDocument('{"name":"é"}'), {
    value: { name: 'é' },
    name: 'é',
    inferred: false,
    size: 13,
  });
  assert.equal(readDocument(documents[1]!.text).inferred, true);
});

for (const text of ['no JSON', '[]', 'null', '7', '{"name":7}']) {
  test(`${text} is shown as a document as well`, () => {
    const { name, size } = readDocument(text);
    assert.deepEqual([typeof name, size], ['string', text.length]);
  });
}

test('a search in a document of 5,000 rows shows a hundred lines', () => {
  const value = { subsegments: Array.from({ length: 5000 }, () => ({ name: 'call' })) };
  assert.equal(findsIn(value, 'call')?.paths.size, mostFinds);
  assert.equal(findsIn(value, 'call')?.more, true);
  assert.equal(findsIn(value, ' '), undefined);
  assert.equal(findsIn(undefined, 'call'), undefined);
});

test('the answer holds each document as it came', () => {
  const answer = answerOf({ id: '1-a', duration: 2, limitExceeded: false, documents });
  assert.deepEqual(answer.Traces[0]?.Segments[2], { Id: 'b', Document: 'no JSON' });
});
