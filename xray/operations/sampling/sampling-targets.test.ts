import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { emptyContext } from '../testing.ts';
import { createSamplingRule } from './create-sampling-rule.ts';
import { deleteSamplingRule } from './delete-sampling-rule.ts';
import { aheadReportSeconds, getSamplingTargets, oldestReportSeconds } from './get-sampling-targets.ts';
import { quotaTiming } from './reservoir-quota.ts';
import { everyRequest } from './sampling-rule.ts';
import { updateSamplingRule } from './update-sampling-rule.ts';

const clients = ['a', 'b', 'c'].map((letter) => letter.repeat(24));

/** A lab of one rule with a reservoir of 5, and a clock that stands still until told. */
function setUp(members: object = {}) {
  let time = 1_795_000_000;
  const context = emptyContext(() => time);
  createSamplingRule.answer(context, { SamplingRule: { ...rule, ...members } });
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
  /** Reports anomalies with the statistics, and gives back the target and what was refused. */
  const suffer = (AnomalyCount: number, SampledAnomalyCount = 0, more: object = {}) => {
    const answer = getSamplingTargets.answer(context, {
      SamplingStatisticsDocuments: [
        { RuleName: 'r', ClientID: clients[0], Timestamp: time, RequestCount: 9, SampledCount: 1 },
      ],
      SamplingBoostStatisticsDocuments: [
        {
          RuleName: 'r',
          ServiceName: 'shop',
          Timestamp: time,
          AnomalyCount,
          TotalCount: 100,
          SampledAnomalyCount,
          ...more,
        },
      ],
    }) as Targets;
    return { boost: answer.SamplingTargetDocuments[0]?.SamplingBoost, ...answer };
  };
  return { context, report, suffer, pass: (seconds: number) => (time += seconds), start: time };
}

interface Targets {
  SamplingTargetDocuments: {
    ReservoirQuota?: number;
    ReservoirQuotaTTL?: number;
    FixedRate: number;
    Interval: number;
    SamplingBoost?: { BoostRate: number; BoostRateTTL: number };
  }[];
  LastRuleModification: number;
  UnprocessedStatistics: { RuleName: string; ErrorCode: string; Message: string }[];
  UnprocessedBoostStatistics: { RuleName: string; ErrorCode: string; Message: string }[];
}

const rule = {
  RuleName: 'r',
  ...everyRequest,
  Priority: 10,
  FixedRate: 0.1,
  ReservoirSize: 5,
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

test('an answer to a client that knows nothing of boosts has the members that the Java SDK knows, and no other', () => {
  const { report, suffer } = setUp();
  const known = ['SamplingTargetDocuments', 'LastRuleModification', 'UnprocessedStatistics'];
  assert.deepEqual(Object.keys(report(clients[0]!)), known);
  assert.deepEqual(suffer(0).UnprocessedBoostStatistics.length, 1, 'of a rule without a boost');
});

test('statistics of a rule that does not exist come back unprocessed, with a code of the 400 kind', () => {
  const { report } = setUp();
  const answer = report(clients[0]!, { RuleName: 'gone' });
  assert.deepEqual(answer.SamplingTargetDocuments, []);
  assert.deepEqual(answer.UnprocessedStatistics, [
    { RuleName: 'gone', ErrorCode: '400', Message: 'Sampling rule gone does not exist.' },
  ]);
});

const timely = [
  { name: 'as old as they may be', seconds: -oldestReportSeconds, processed: true },
  { name: 'too old', seconds: -oldestReportSeconds - 1, processed: false },
  { name: 'from as far ahead as they may be', seconds: aheadReportSeconds, processed: true },
  { name: 'from too far ahead', seconds: aheadReportSeconds + 1, processed: false },
  { name: 'from the end of time', seconds: 1e300, processed: false },
];
for (const { name, seconds, processed } of timely) {
  test(`statistics ${name} are ${processed ? 'processed' : 'unprocessed'}`, () => {
    const { context, report, start } = setUp();
    const { UnprocessedStatistics } = report(clients[0]!, { Timestamp: start + seconds });
    assert.equal(UnprocessedStatistics.length, processed ? 0 : 1);
    assert.equal(context.store.samplingReports.statistics(0).length, processed ? 1 : 0);
  });
}

test('a time in milliseconds, as the Java SDK writes it, is the same as one in seconds', () => {
  const { context, report, start } = setUp();
  assert.deepEqual(report(clients[0]!, { Timestamp: start * 1000 }).UnprocessedStatistics, []);
  const tooOld = (start - oldestReportSeconds - 1) * 1000;
  assert.equal(report(clients[0]!, { Timestamp: tooOld }).UnprocessedStatistics.length, 1);
  const [window, ...others] = context.store.samplingReports.statistics(0);
  assert.deepEqual([window?.timestamp, others], [Math.floor(start / 10) * 10, []]);
});

test('creating, changing and deleting a rule each move LastRuleModification', () => {
  const { context, report, pass, start } = setUp();
  pass(5);
  updateSamplingRule.answer(context, { SamplingRuleUpdate: { RuleName: 'r', FixedRate: 0.2 } });
  assert.equal(report(clients[0]!).LastRuleModification, start + 5);
  pass(5);
  deleteSamplingRule.answer(context, { RuleName: 'r' });
  assert.equal(report(clients[0]!).LastRuleModification, start + 10);
});

test('a changed rate and reservoir are in the next targets', () => {
  const { context, report, pass } = setUp();
  report(clients[0]!);
  updateSamplingRule.answer(context, {
    SamplingRuleUpdate: { RuleName: 'r', FixedRate: 0.7, ReservoirSize: 2 },
  });
  pass(10);
  const [target] = report(clients[0]!).SamplingTargetDocuments;
  assert.deepEqual([target?.FixedRate, target?.ReservoirQuota], [0.7, 2]);
});

test('a client that comes back within its old quota is told at once what is left of it', () => {
  const { report, pass } = setUp();
  const quota = (client: string) => report(client).SamplingTargetDocuments[0]?.ReservoirQuota;
  quota(clients[0]!);
  pass(10);
  assert.equal(quota(clients[0]!), 5);
  pass(quotaTiming.activeSeconds + 1);
  quota(clients[1]!);
  pass(10);
  assert.equal(quota(clients[1]!), 5);
  assert.equal(quota(clients[0]!), 0, 'the others hold all of it, and it may still believe in its five');
  pass(10);
  assert.deepEqual([quota(clients[1]!), quota(clients[0]!)], [3, 2]);
});

test('quotas never add up to more than the reservoir, whatever clients report and clocks do', () => {
  const step = fc.record({
    client: fc.nat({ max: 2 }),
    seconds: fc.oneof(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -400, max: 400 })),
  });
  fc.assert(
    fc.property(fc.nat({ max: 7 }), fc.array(step, { maxLength: 40 }), (ReservoirSize, steps) => {
      const { context, report, pass } = setUp({ ReservoirSize });
      const held = new Map<string, { quota: number; at: number }>();
      let latest = 0;
      for (const { client, seconds } of steps) {
        pass(seconds);
        latest = Math.max(latest, context.now());
        const id = clients[client]!;
        const quota = report(id).SamplingTargetDocuments[0]!.ReservoirQuota ?? 0;
        held.set(id, { quota, at: latest });
        const active = [...held.values()].filter(({ at }) => at >= latest - quotaTiming.activeSeconds);
        const sum = active.reduce((total, { quota: one }) => total + one, 0);
        assert.ok(sum <= ReservoirSize, `${sum} of ${ReservoirSize}`);
      }
      context.store.close();
    }),
    { numRuns: 200 },
  );
});

test('clients that go on reporting soon hold the whole reservoir, and go on holding it', () => {
  const { report, pass } = setUp();
  let quotas: (number | undefined)[] = [];
  for (let round = 0; round < 5; round++) {
    quotas = clients.map((client) => report(client).SamplingTargetDocuments[0]?.ReservoirQuota);
    pass(10);
  }
  assert.deepEqual(quotas, [2, 2, 1]);
});

const boosted = { SamplingRateBoost: { MaxRate: 0.5, CooldownWindowMinutes: 10 } };

test('anomalies that slipped through raise the rate of the rule, up to its MaxRate, for a minute', () => {
  const { suffer, report, pass, start } = setUp(boosted);
  assert.deepEqual(suffer(1).boost, { BoostRate: 0.5, BoostRateTTL: start + 60 });
  pass(59);
  assert.deepEqual(report(clients[1]!).SamplingTargetDocuments[0]?.SamplingBoost, {
    BoostRate: 0.5,
    BoostRateTTL: start + 60,
  });
  pass(1);
  assert.equal('SamplingBoost' in report(clients[1]!).SamplingTargetDocuments[0]!, false);
});

const boosts = [
  { name: 'the boost is the smallest rate that catches one', anomalies: 4, sampled: 0, rate: 0.25 },
  { name: 'no boost where one was caught', anomalies: 4, sampled: 1, rate: undefined },
  { name: 'no boost where the rate of the rule catches enough', anomalies: 10, sampled: 0, rate: undefined },
  { name: 'no boost without anomalies', anomalies: 0, sampled: 0, rate: undefined },
];
for (const { name, anomalies, sampled, rate } of boosts) {
  test(name, () => assert.equal(setUp(boosted).suffer(anomalies, sampled).boost?.BoostRate, rate));
}

test('within the cooldown window there is no second boost', () => {
  const { suffer, pass, start } = setUp(boosted);
  suffer(1);
  pass(599);
  assert.equal(suffer(1).boost, undefined);
  pass(1);
  assert.equal(suffer(1).boost?.BoostRateTTL, start + 660);
});

test('anomalies that call for no higher rate do not use up the cooldown window', () => {
  const { suffer, pass, start } = setUp(boosted);
  // One of ten is what the rule samples by itself.
  assert.equal(suffer(10).boost, undefined);
  pass(10);
  assert.deepEqual(suffer(2).boost, { BoostRate: 0.5, BoostRateTTL: start + 70 });
});

test('a rule made anew under the name of a boosted one is not boosted', () => {
  const { context, suffer, report } = setUp(boosted);
  suffer(1);
  deleteSamplingRule.answer(context, { RuleName: 'r' });
  createSamplingRule.answer(context, { SamplingRule: { ...rule, ...boosted } });
  assert.equal('SamplingBoost' in report(clients[1]!).SamplingTargetDocuments[0]!, false);
});

test('boost statistics of an unknown rule, of one without a boost, and too old ones come back unprocessed', () => {
  const { suffer, start } = setUp(boosted);
  const reason = (answer: ReturnType<typeof suffer>) => answer.UnprocessedBoostStatistics[0];
  assert.deepEqual(reason(suffer(1, 0, { RuleName: 'gone' })), {
    RuleName: 'gone',
    ErrorCode: '400',
    Message: 'Sampling rule gone does not exist.',
  });
  assert.match(reason(suffer(1, 0, { Timestamp: start - 601 }))!.Message, /older than 600 seconds/);
  assert.match(reason(setUp().suffer(1))!.Message, /has no SamplingRateBoost/);
  assert.deepEqual(suffer(0).UnprocessedBoostStatistics, []);
});
