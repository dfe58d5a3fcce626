import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FixtureName, noon, traceOf } from './fixtures/fixtures.ts';
import { summarizeTrace } from './summary.ts';
import { everySubsegment, type SendXRay, xrayReader } from './trace-reader.ts';

/** Answers like X-Ray: two summaries a page, times as the SDK's dates, documents as text; and notes what was asked. */
function xray(...names: FixtureName[]) {
  const asked: { operation: string; input: Record<string, unknown> }[] = [];
  const send: SendXRay = async (operation, given) => {
    const input = given as Record<string, unknown>;
    asked.push({ operation, input });
    if (operation === 'BatchGetTraces') {
      const wanted = input.TraceIds as string[];
      return {
        Traces: names
          .map(traceOf)
          .filter(({ id }) => wanted.includes(id))
          .map(onWire),
      };
    }
    const from = Number(input.NextToken ?? 0);
    const page = names.slice(from, from + 2).map((name) => {
      const summary = summarizeTrace(traceOf(name));
      return { ...summary, StartTime: new Date(summary.StartTime * 1000) };
    });
    return { TraceSummaries: page, ...(from + 2 < names.length && { NextToken: String(from + 2) }) };
  };
  return { asked, reader: xrayReader(send) };
}

const onWire = ({ id, segments }: ReturnType<typeof traceOf>) => ({
  Id: id,
  Segments: segments.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) })),
});

test('a trace read from X-Ray is the trace that was assembled there', async () => {
  const { reader } = xray('checkout', 'throttledTable');
  for (const name of ['checkout', 'throttledTable'] as const) {
    const [read] = await reader.traces([traceOf(name).id]);
    assert.deepEqual({ ...read, revision: 0 }, { ...traceOf(name), revision: 0 });
  }
});

test('traces are asked for five at a time, and unknown ones are left out', async () => {
  const { reader, asked } = xray('checkout');
  const ids = Array.from({ length: 6 }, (_, i) => `1-58406520-${String(i).padStart(24, '0')}`);
  const traces = await reader.traces([...ids, traceOf('checkout').id]);
  assert.deepEqual(
    traces.map(({ id }) => id),
    [traceOf('checkout').id],
  );
  assert.deepEqual(
    asked.map(({ input }) => (input.TraceIds as string[]).length),
    [5, 2],
  );
});

test('all pages of summaries are read, newest first, times as epoch seconds', async () => {
  const { reader } = xray('checkout', 'consumer', 'orphan');
  const summaries = await reader.summaries({ start: noon, end: noon + 60 });
  assert.deepEqual(
    summaries.map(({ StartTime }) => StartTime),
    [noon + 2.2, noon + 0.02, noon],
  );
});

test('a range of more than six hours is read in slices', async () => {
  const { reader, asked } = xray('checkout');
  await reader.summaries({ start: noon, end: noon + 7 * 3600, filter: 'ok' });
  const hours = asked.map(({ input }) => (Number(input.EndTime) - Number(input.StartTime)) / 3_600_000);
  assert.deepEqual(hours, [6, 1]);
  assert.deepEqual(
    asked.map(({ input }) => input.FilterExpression),
    ['ok', 'ok'],
  );
});

test('every subsegment is listed, outer before inner', () => {
  const order = traceOf('notStreamed').segments[1]!;
  assert.deepEqual(
    everySubsegment(order).map(({ name }) => name),
    ['reserve', 'DynamoDB', 'payment'],
  );
});
