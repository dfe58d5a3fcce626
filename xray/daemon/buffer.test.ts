import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SegmentBuffer } from './buffer.ts';
import { recordingLog } from './testing.ts';

test('a full buffer drops its oldest document, and says so', () => {
  const { log, lines } = recordingLog();
  let dropped = 0;
  const buffer = new SegmentBuffer(2, log, () => dropped++);
  for (const document of ['a', 'b', 'c']) buffer.add(document);
  assert.deepEqual(buffer.drain(), ['b', 'c']);
  assert.deepEqual(buffer.drain(), []);
  assert.equal(dropped, 1);
  assert.deepEqual(lines, ['[Warn] Segment buffer is full. Dropping oldest segment document.']);
});
