import { z } from 'zod';
import { operation, type OperationContext } from '../operation.ts';
import { integer, timestamp } from '../shapes.ts';
import { grantedQuota, quotaTiming } from './reservoir-quota.ts';
import { boostIfNeeded, currentBoost } from './sampling-boost.ts';
import { findRule } from './sampling-rule.ts';

/** Reports older than this are refused. AWS says that there is such an age, not which. */
export const oldestReportSeconds = 600;

/** Reports from further ahead are refused, too: such a client's clock tells nothing. AWS does not mention them. */
export const aheadReportSeconds = 600;

/**
 * Why statistics were not processed. AWS's real codes are not known; the Go SDK acts on the first digit: 4 makes it
 * fetch the rules again.
 */
const refusalCode = '400';

/** Times from here on, the year 9999 in seconds, are milliseconds: so the Java SDK writes them, in spite of the model. */
const earliestMilliseconds = 253_402_300_800;

const reportTime = timestamp.transform((time) => (time >= earliestMilliseconds ? time / 1000 : time));

const count = integer.min(0);
const ruleName = z.string().min(1).max(32);

const statisticsDocument = z.object({
  RuleName: ruleName,
  ClientID: z.string().length(24),
  Timestamp: reportTime,
  RequestCount: count,
  SampledCount: count,
  BorrowCount: count.default(0),
});

const boostDocument = z.object({
  RuleName: ruleName,
  ServiceName: z.string().max(64),
  Timestamp: reportTime,
  AnomalyCount: count,
  TotalCount: count,
  SampledAnomalyCount: count,
});

export const getSamplingTargets = operation({
  name: 'GetSamplingTargets',
  path: '/SamplingTargets',
  input: z.object({
    SamplingStatisticsDocuments: z.array(statisticsDocument).max(25),
    SamplingBoostStatisticsDocuments: z.array(boostDocument).max(25).optional(),
  }),

  run(context, input) {
    // First the anomalies, so that the targets of this answer carry the boost they call for.
    const boosts = input.SamplingBoostStatisticsDocuments?.map((document) =>
      answerAnomalies(context, document),
    );
    const answers = input.SamplingStatisticsDocuments.map((document) => answerReport(context, document));
    return {
      SamplingTargetDocuments: answers.flatMap((answer) => ('target' in answer ? [answer.target] : [])),
      // The Node SDK throws the whole answer away unless this is a number.
      LastRuleModification: context.store.samplingRules.lastModification,
      UnprocessedStatistics: answers.flatMap(refused),
      // Only for those who know of boosts: the Java SDK throws an answer away that has a member it does not know.
      ...(boosts && { UnprocessedBoostStatistics: boosts.flatMap(refused) }),
    };
  },
});

function answerReport(context: OperationContext, document: z.output<typeof statisticsDocument>) {
  const { RuleName, ClientID } = document;
  const rule = findRule(context, RuleName)?.rule;
  if (!rule) return unknownRule(RuleName);
  const untimely = wrongTime(context, document);
  if (untimely) return refusal(RuleName, untimely);

  const { samplingReports: reports } = context.store;
  // Time stands still while a clock that was set back catches up: who was silent before does not become active again.
  const at = Math.max(context.now(), reports.latestReport(RuleName));
  const activeSince = at - quotaTiming.activeSeconds;
  const before = reports.grant(RuleName, ClientID);
  const wasActive = reports.activeClients(RuleName, activeSince).includes(ClientID);
  reports.add(
    {
      ruleName: RuleName,
      clientId: ClientID,
      timestamp: document.Timestamp,
      requestCount: document.RequestCount,
      sampledCount: document.SampledCount,
      borrowCount: document.BorrowCount,
    },
    at,
    activeSince,
  );

  const target = { RuleName, FixedRate: rule.FixedRate, ...currentBoost(context, rule) };
  const Interval = quotaTiming.intervalSeconds;
  // A client's first report earns it no quota yet; it goes on borrowing one request per second until the next. One
  // that was silent is told at once, as it may still use a quota that has since gone to others.
  if (!wasActive && !(before && before.until > at)) {
    reports.setGrant(RuleName, ClientID, { quota: 0, until: 0 });
    return { target: { ...target, Interval } };
  }

  const clients = reports.activeClients(RuleName, activeSince);
  const held = reports.heldByOthers(RuleName, ClientID, activeSince);
  const quota = grantedQuota(rule.ReservoirSize, clients, ClientID, held);
  const until = at + quotaTiming.quotaSeconds;
  reports.setGrant(RuleName, ClientID, { quota, until });
  return { target: { ...target, ReservoirQuota: quota, ReservoirQuotaTTL: until, Interval } };
}

function answerAnomalies(context: OperationContext, document: z.output<typeof boostDocument>) {
  const { RuleName } = document;
  const rule = findRule(context, RuleName)?.rule;
  if (!rule) return unknownRule(RuleName);
  const untimely = wrongTime(context, document);
  if (untimely) return refusal(RuleName, untimely);
  if (!rule.SamplingRateBoost) {
    return refusal(RuleName, `Sampling rule ${RuleName} has no SamplingRateBoost.`);
  }
  boostIfNeeded(context, rule, document);
  return {};
}

function wrongTime({ now }: OperationContext, { Timestamp }: { Timestamp: number }): string | undefined {
  const age = now() - Timestamp;
  if (age > oldestReportSeconds) return `The statistics are older than ${oldestReportSeconds} seconds.`;
  if (age < -aheadReportSeconds) {
    return `The statistics are more than ${aheadReportSeconds} seconds ahead of the server's clock. Set the client's clock.`;
  }
  return undefined;
}

const unknownRule = (RuleName: string) => refusal(RuleName, `Sampling rule ${RuleName} does not exist.`);

const refusal = (RuleName: string, Message: string) => ({
  refused: { RuleName, ErrorCode: refusalCode, Message },
});

const refused = (answer: object | { refused: ReturnType<typeof refusal>['refused'] }) =>
  'refused' in answer ? [answer.refused] : [];
