import { z } from 'zod';
import { operation, type OperationContext } from '../operation.ts';
import { timestamp } from '../shapes.ts';
import { quotaTiming, reservoirQuota } from './reservoir-quota.ts';
import { findRule } from './sampling-rule.ts';

/** Reports older than this are refused. AWS says that there is such an age, not which. */
const oldestReportSeconds = 600;

const count = z.int().min(0);
const ruleName = z.string().min(1).max(32);

const statisticsDocument = z.object({
  RuleName: ruleName,
  ClientID: z.string().length(24),
  Timestamp: timestamp,
  RequestCount: count,
  SampledCount: count,
  BorrowCount: count.default(0),
});

const boostDocument = z.object({
  RuleName: ruleName,
  ServiceName: z.string().max(64),
  Timestamp: timestamp,
  AnomalyCount: count,
  TotalCount: count,
  SampledAnomalyCount: count,
});

export const getSamplingTargets = operation({
  name: 'GetSamplingTargets',
  path: '/SamplingTargets',
  input: z.object({
    SamplingStatisticsDocuments: z.array(statisticsDocument).max(25),
    // Read and not acted upon: adaptive sampling is absent, so no rate is ever boosted.
    SamplingBoostStatisticsDocuments: z.array(boostDocument).max(25).optional(),
  }),

  run(context, { SamplingStatisticsDocuments: documents }) {
    const answers = documents.map((document) => answerReport(context, document));
    return {
      SamplingTargetDocuments: answers.flatMap((answer) => ('target' in answer ? [answer.target] : [])),
      // The Node SDK throws the whole answer away unless this is a number.
      LastRuleModification: context.store.samplingRules.lastModification,
      UnprocessedStatistics: answers.flatMap((answer) => ('refused' in answer ? [answer.refused] : [])),
      UnprocessedBoostStatistics: [],
    };
  },
});

function answerReport(context: OperationContext, document: z.output<typeof statisticsDocument>) {
  const { RuleName, ClientID } = document;
  const at = context.now();
  const rule = findRule(context, RuleName)?.rule;
  if (!rule) return refusal(RuleName, `Sampling rule ${RuleName} does not exist.`);
  if (document.Timestamp < at - oldestReportSeconds) {
    return refusal(RuleName, `The statistics are older than ${oldestReportSeconds} seconds.`);
  }

  const { samplingReports } = context.store;
  const activeSince = at - quotaTiming.activeSeconds;
  const wasActive = samplingReports.activeClients(RuleName, activeSince).includes(ClientID);
  samplingReports.add(
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
  const clients = samplingReports.activeClients(RuleName, activeSince);

  return {
    target: {
      RuleName,
      FixedRate: rule.FixedRate,
      // A client's first report earns it no quota yet; it goes on borrowing one request per second until the next.
      ...(wasActive
        ? {
            ReservoirQuota: reservoirQuota(rule.ReservoirSize, clients, ClientID),
            ReservoirQuotaTTL: at + quotaTiming.quotaSeconds,
          }
        : {}),
      Interval: quotaTiming.intervalSeconds,
    },
  };
}

/** The Go SDK acts on the code's first digit: 4 makes it fetch the rules again. AWS's real codes are not known. */
const refusal = (RuleName: string, Message: string) => ({ refused: { RuleName, ErrorCode: '400', Message } });
