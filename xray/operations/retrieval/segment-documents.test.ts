import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { arbitraryTrace } from '../../model/fixtures/arbitrary-traces.ts';
import { assembleTrace, type Entity, type Segment, type Subsegment, type Trace } from '../../model/index.ts';
import { processedDocument } from '../traces/processed-document.ts';
import { segmentDocuments } from './segment-documents.ts';

const trace_id = '1-58406520-a006649127e371903a2de979';
const hex = (number: number) => number.toString(16).padStart(16, '0');

/** A segment with a chain of subsegments, each inside the one before. Counts how often one is written or measured. */
function chain(length: number, textLength: number) {
  const counted = { serialized: 0 };
  let inner: Subsegment | undefined;
  for (let number = length; number > 0; number--) {
    inner = {
      id: hex(number),
      name: 'step',
      start_time: 1,
      end_time: 2,
      metadata: {
        default: {
          toJSON() {
            counted.serialized++;
            return 'x'.repeat(textLength);
          },
        },
      },
      ...(inner && { subsegments: [inner] }),
    };
  }
  const segment = { id: hex(0), trace_id, name: 'shop', start_time: 1, end_time: 2, subsegments: [inner!] };
  return { trace: assembleTrace(trace_id, [segment as Segment]), counted };
}

/** What is meant, said without regard to the time it takes: every document is written to see whether it fits. */
function byWriting(trace: Trace, mostCharacters: number): { Id: string; Document: string }[] {
  const documents: { Id: string; Document: string }[] = [];
  const waiting: (Segment | Subsegment)[] = [...trace.segments, ...trace.unattached].reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const whole = processedDocument(next);
    const { subsegments, ...alone } = next;
    if (whole.length <= mostCharacters || !subsegments?.length) {
      documents.push({ Id: next.id, Document: whole });
      continue;
    }
    documents.push({ Id: next.id, Document: processedDocument(alone as Entity) });
    for (const inner of subsegments.toReversed()) {
      waiting.push({ ...inner, type: 'subsegment', trace_id: trace.id, parent_id: next.id });
    }
  }
  return documents;
}

test('whatever the trace and the limit, the parts are those that writing every document would find', () => {
  let divided = 0;
  fc.assert(
    fc.property(arbitraryTrace, fc.integer({ min: 0, max: 1500 }), (trace, most) => {
      const parts = segmentDocuments(trace, most);
      if (parts.length > trace.segments.length + trace.unattached.length) divided++;
      assert.deepEqual(parts, byWriting(trace, most));
    }),
    { numRuns: 500 },
  );
  assert.ok(divided > 50, `only ${divided} of 500 traces were given in parts`);
});

test('a limit is kept to the character', () => {
  const { trace } = chain(30, 40);
  for (let most = 100; most < 5000; most += 7)
    assert.deepEqual(segmentDocuments(trace, most), byWriting(trace, most));
});

test('a chain of thousands of subsegments is written a few times, not once for each of them', () => {
  const length = 3400;
  const { trace, counted } = chain(length, 100);
  const parts = segmentDocuments(trace);
  assert.ok(parts.length > 1000);
  assert.ok(counted.serialized <= 4 * length, `${counted.serialized} times for ${length} subsegments`);
});
