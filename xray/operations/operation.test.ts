import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operations } from './index.ts';
import { WrittenAnswer } from './operation.ts';
import { emptyContext } from './testing.ts';

const context = emptyContext(() => 1_795_000_000);
const call = async (name: string, body: unknown) => {
  const answer = await operations.find((operation) => operation.name === name)!.answer(context, body);
  return answer instanceof WrittenAnswer ? (JSON.parse(answer.json) as object) : answer;
};

test('the 38 operations of X-Ray are each here, or named as absent', () => {
  assert.equal(operations.length, 38);
  assert.equal(new Set(operations.map(({ path }) => path)).size, 38);
});

const refusals = [
  {
    name: 'a required member that is missing',
    call: ['BatchGetTraces', {}],
    code: 'ValidationException',
    says: "1 validation error detected: Value null at 'traceIds' failed to satisfy constraint: Member must not be null",
  },
  {
    name: 'a member that is null is a member that is missing',
    call: ['BatchGetTraces', { TraceIds: null }],
    code: 'ValidationException',
    says: "1 validation error detected: Value null at 'traceIds' failed to satisfy constraint: Member must not be null",
  },
  {
    name: 'a text that is too long, in a list',
    call: ['BatchGetTraces', { TraceIds: ['ok', 'x'.repeat(36)] }],
    code: 'ValidationException',
    says: `1 validation error detected: Value '${'x'.repeat(36)}' at 'traceIds.2.member' failed to satisfy constraint: Member must have length less than or equal to 35`,
  },
  {
    name: 'a number out of its range',
    call: ['UpdateSamplingRule', { SamplingRuleUpdate: { RuleName: 'r', FixedRate: 2 } }],
    code: 'ValidationException',
    says: "1 validation error detected: Value '2' at 'samplingRuleUpdate.fixedRate' failed to satisfy constraint: Member must have value less than or equal to 1",
  },
  {
    name: 'a word that is none of those allowed',
    call: ['GetTraceSummaries', { StartTime: 1, EndTime: 2, TimeRangeType: 'Day' }],
    code: 'ValidationException',
    says: "1 validation error detected: Value 'Day' at 'timeRangeType' failed to satisfy constraint: Member must satisfy enum value set: [TraceId, Event, Service]",
  },
  {
    name: 'two failures are counted',
    call: ['GetTraceSummaries', {}],
    code: 'ValidationException',
    says: "2 validation errors detected: Value null at 'startTime' failed to satisfy constraint: Member must not be null; Value null at 'endTime' failed to satisfy constraint: Member must not be null",
  },
  {
    name: 'a value of the wrong type',
    call: ['GetTraceSummaries', { StartTime: 'yesterday', EndTime: 2 }],
    code: 'SerializationException',
    says: "Unexpected type of value at 'startTime': expected a number.",
  },
  {
    name: 'a window that ends before it starts',
    call: ['GetServiceGraph', { StartTime: 2, EndTime: 1 }],
    code: 'InvalidRequestException',
    says: 'StartTime cannot be later than EndTime.',
  },
  {
    name: 'a graph over more than six hours',
    call: ['GetServiceGraph', { StartTime: 0, EndTime: 6 * 3600 + 1 }],
    code: 'InvalidRequestException',
    says: 'Time range cannot be longer than 6 hours',
  },
  {
    name: 'summaries over more than a day',
    call: ['GetTraceSummaries', { StartTime: 0, EndTime: 24 * 3600 + 1 }],
    code: 'InvalidRequestException',
    says: 'Time range cannot be longer than 24 hours',
  },
  {
    name: 'a graph of a group that does not exist',
    call: ['GetServiceGraph', { StartTime: 0, EndTime: 1, GroupName: 'mine' }],
    code: 'InvalidRequestException',
    says: 'Group mine does not exist.',
  },
  {
    name: 'a filter on a group that does not exist',
    call: ['GetTraceSummaries', { StartTime: 0, EndTime: 1, FilterExpression: 'group.name = "mine"' }],
    code: 'InvalidRequestException',
    says: 'Group mine does not exist.',
  },
  {
    name: 'more than 50 documents',
    call: ['PutTraceSegments', { TraceSegmentDocuments: Array(51).fill('{}') }],
    code: 'InvalidRequestException',
    says: 'Exceeding maximum segment count: 50',
  },
  {
    name: 'a sixth trace id',
    call: ['BatchGetTraces', { TraceIds: ['1', '2', '3', '4', '5', '6'] }],
    code: 'InvalidRequestException',
    says: 'TraceIds can hold at most 5 ids, not 6.',
  },
] as const;

for (const {
  name,
  call: [operation, body],
  code,
  says,
} of refusals) {
  test(`${name} is a ${code}`, () => assert.rejects(call(operation, body), { name: code, message: says }));
}

test('members that X-Ray does not know are ignored', async () => {
  assert.deepEqual(await call('BatchGetTraces', { TraceIds: [], Colour: 'blue' }), {
    Traces: [],
    UnprocessedTraceIds: [],
  });
});

test('a body nested a hundred thousand deep is answered like any other', async () => {
  const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));
  await assert.rejects(call('BatchGetTraces', { TraceIds: deep }), { name: 'SerializationException' });
});
