import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitProfiles } from '../../limits.ts';
import { openStore } from '../../store/sqlite/index.ts';
import type { OperationContext } from '../operation.ts';
import { createSamplingRule } from './create-sampling-rule.ts';
import { getSamplingTargets } from './get-sampling-targets.ts';

const clients = ['a', 'b', 'c'].map((letter) => letter.repeat(24));

/** A lab of one rule with a reservoir of 5, and a clock that stands still until told. */
function setUp() {
  let time = 1_795_000_000;
  const context: OperationContext = {
    store: openStore(':memory:'),
    now: () => time,
    limits: limitProfiles.aws,
    region: 'us-east-1',
    accountId: '000000000000',
  };
  createSamplingRule.answer(context, { SamplingRule: rule });
  const report = (client: string, members: object = {}) =>
    getSamplingTargets.answer(context, {
      SamplingStatisticsDocuments: [
        {
          RuleName: 'r',
          ClientID: client,
          Timestamp: time,
          RequestCount: 9,
          SampledCount: 1,
          BorrowCount: 1,
          ...members,
        },
      ],
    }) as Targets;
  return { report, pass: (seconds: number) => (time += seconds), start: time };
}

interface Targets {
  SamplingTargetDocuments: {
    ReservoirQuota?: number;
    ReservoirQuotaTTL?: number;
    FixedRate: number;
    Interval: number;
  }[];
  LastRuleModification: number;
  UnprocessedStatistics: { RuleName: string; ErrorCode: string; Message: string }[];
}

const rule = {
  RuleName: 'r',
  ResourceARN: '*',
  Priority: 10,
  FixedRate: 0.1,
  ReservoirSize: 5,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  Version: 1,
};

test("a client's first report earns it no quota, the second one does, for five minutes", () => {
  const { report, pass, start } = setUp();
  const [first] = report(clients[0]!).SamplingTargetDocuments;
  assert.deepEqual(first, { RuleName: 'r', FixedRate: 0.1, Interval: 10 });
  pass(10);
  const [second] = report(clients[0]!).SamplingTargetDocuments;
  assert.deepEqual(second, {
    RuleName: 'r',
    FixedRate: 0.1,
    ReservoirQuota: 5,
    ReservoirQuotaTTL: start + 310,
    Interval: 10,
  });
});

test('clients that report share the reservoir, and one silent for 30 seconds gives its share back', () => {
  const { report, pass } = setUp();
  const quotas = (names: string[]) =>
    names.map((client) => report(client).SamplingTargetDocuments[0]?.ReservoirQuota);
  quotas(clients);
  pass(10);
  assert.deepEqual(quotas(clients), [2, 2, 1]);
  pass(20);
  quotas(clients.slice(1));
  pass(20);
  assert.deepEqual(quotas(clients.slice(1)), [3, 2]);
});

test('LastRuleModification is the number of seconds at which a rule last changed', () => {
  const { report, start } = setUp();
  assert.equal(report(clients[0]!).LastRuleModification, start);
});

test('statistics of a rule that does not exist come back unprocessed, with a code of the 400 kind', () => {
  const { report } = setUp();
  const answer = report(clients[0]!, { RuleName: 'gone' });
  assert.deepEqual(answer.SamplingTargetDocuments, []);
  assert.deepEqual(answer.UnprocessedStatistics, [
    { RuleName: 'gone', ErrorCode: '400', Message: 'Sampling rule gone does not exist.' },
  ]);
});

test('statistics that are too old come back unprocessed', () => {
  const { report, start } = setUp();
  assert.equal(report(clients[0]!, { Timestamp: start - 601 }).UnprocessedStatistics.length, 1);
});
