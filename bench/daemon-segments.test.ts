import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datagrams, segmentsIn } from './daemon-segments.ts';

const documents = datagrams.map((bytes) => bytes.toString().split('\n')[1]!);
const bodyOf = (count: number) => JSON.stringify({ TraceSegmentDocuments: documents.slice(0, count) });

for (const count of [1, 2, 49, 50, documents.length]) {
  test(`the length of a body tells that ${count} segments are in it`, () =>
    assert.equal(segmentsIn(bodyOf(count).length), count));
}

test('a length that no number of segments gives is refused', () =>
  assert.throws(() => segmentsIn(bodyOf(3).length + 1), {
    message: /holds no whole number of the segments/,
  }));

test('each segment has its own id', () => {
  const ids = documents.map((text) => JSON.parse(text).id as string);
  assert.equal(new Set(ids).size, documents.length);
});
