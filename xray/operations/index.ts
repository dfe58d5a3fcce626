import { getServiceGraph } from './graph/get-service-graph.ts';
import { getTraceGraph } from './graph/get-trace-graph.ts';
import type { Operation } from './operation.ts';
import { createSamplingRule } from './sampling/create-sampling-rule.ts';
import { deleteSamplingRule } from './sampling/delete-sampling-rule.ts';
import { getSamplingRules } from './sampling/get-sampling-rules.ts';
import { getSamplingStatisticSummaries } from './sampling/get-sampling-statistic-summaries.ts';
import { getSamplingTargets } from './sampling/get-sampling-targets.ts';
import { updateSamplingRule } from './sampling/update-sampling-rule.ts';
import { putTelemetryRecords } from './telemetry/put-telemetry-records.ts';
import { batchGetTraces } from './traces/batch-get-traces.ts';
import { getTraceSummaries } from './traces/get-trace-summaries.ts';
import { putTraceSegments } from './traces/put-trace-segments.ts';

/** The whole X-Ray API, in one table. To add an operation: write its file, add its line. */
export const operations: readonly Operation[] = [
  putTraceSegments,
  putTelemetryRecords,
  getSamplingRules,
  getSamplingTargets,
  getSamplingStatisticSummaries,
  createSamplingRule,
  updateSamplingRule,
  deleteSamplingRule,
  getTraceSummaries,
  batchGetTraces,
  getTraceGraph,
  getServiceGraph,
];

/** Operations of AWS X-Ray that this one does not offer yet, by path, so that the answer can say what is missing. */
export const absentOperations: Readonly<Record<string, string>> = {
  '/TimeSeriesServiceStatistics': 'GetTimeSeriesServiceStatistics',
  '/CreateGroup': 'CreateGroup',
  '/GetGroup': 'GetGroup',
  '/Groups': 'GetGroups',
  '/UpdateGroup': 'UpdateGroup',
  '/DeleteGroup': 'DeleteGroup',
  '/TagResource': 'TagResource',
  '/UntagResource': 'UntagResource',
  '/ListTagsForResource': 'ListTagsForResource',
  '/EncryptionConfig': 'GetEncryptionConfig',
  '/PutEncryptionConfig': 'PutEncryptionConfig',
  '/PutResourcePolicy': 'PutResourcePolicy',
  '/ListResourcePolicies': 'ListResourcePolicies',
  '/DeleteResourcePolicy': 'DeleteResourcePolicy',
  '/InsightSummaries': 'GetInsightSummaries',
  '/Insight': 'GetInsight',
  '/InsightEvents': 'GetInsightEvents',
  '/InsightImpactGraph': 'GetInsightImpactGraph',
  '/GetTraceSegmentDestination': 'GetTraceSegmentDestination',
  '/UpdateTraceSegmentDestination': 'UpdateTraceSegmentDestination',
  '/GetIndexingRules': 'GetIndexingRules',
  '/UpdateIndexingRule': 'UpdateIndexingRule',
  '/StartTraceRetrieval': 'StartTraceRetrieval',
  '/ListRetrievedTraces': 'ListRetrievedTraces',
  '/GetRetrievedTracesGraph': 'GetRetrievedTracesGraph',
  '/CancelTraceRetrieval': 'CancelTraceRetrieval',
};
