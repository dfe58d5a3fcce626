import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newEntityId, newTraceId } from '../../model/index.ts';
import type { WrittenAnswer } from '../operation.ts';
import { emptyContext } from '../testing.ts';
import { getTraceGraph } from './get-trace-graph.ts';

const now = 1_795_000_000;

/** A lab of so many traces of one segment each, and their ids. */
function labOf(number: number) {
  const context = emptyContext(() => now);
  const segments = Array.from({ length: number }, () => ({
    trace_id: newTraceId(now - 60, Math.random),
    id: newEntityId(Math.random),
    name: 'shop',
    start_time: now - 60,
    end_time: now - 59,
  }));
  context.store.traces.put(segments, now);
  return { context, ids: segments.map(({ trace_id }) => trace_id) };
}

interface Graph {
  Services: { Type?: string; SummaryStatistics: { TotalCount?: number } }[];
}

/** What `answer` gives, read. */
const graphOf = async (answer: object | Promise<object>) =>
  JSON.parse(((await answer) as WrittenAnswer).json) as Graph;

const requestsIn = ({ Services }: Graph) =>
  Services.find(({ Type }) => Type !== 'client')?.SummaryStatistics.TotalCount;

test('each trace counts once, however often it is named, and ids of no trace are ignored', async () => {
  const { context, ids } = labOf(2);
  const TraceIds = [...ids, ...ids, newTraceId(now, Math.random)];
  assert.equal(requestsIn(await graphOf(getTraceGraph.answer(context, { TraceIds }))), 2);
});

test('a graph of very many traces lets the requests of others through', async () => {
  const { context, ids } = labOf(3000);
  let turnsOfOthers = 0;
  let isDrawn = false;
  const takeTurns = () => {
    if (isDrawn) return;
    turnsOfOthers++;
    setImmediate(takeTurns);
  };
  setImmediate(takeTurns);
  const graph = await graphOf(getTraceGraph.answer(context, { TraceIds: ids }));
  isDrawn = true;
  assert.equal(requestsIn(graph), 3000);
  assert.ok(turnsOfOthers > 1, `${turnsOfOthers} turns`);
});
