import { getTraceSegmentDestination } from './destination/get-trace-segment-destination.ts';
import { updateTraceSegmentDestination } from './destination/update-trace-segment-destination.ts';
import { getEncryptionConfig } from './encryption/get-encryption-config.ts';
import { putEncryptionConfig } from './encryption/put-encryption-config.ts';
import { getServiceGraph } from './graph/get-service-graph.ts';
import { getTraceGraph } from './graph/get-trace-graph.ts';
import { createGroup } from './groups/create-group.ts';
import { deleteGroup } from './groups/delete-group.ts';
import { getGroup } from './groups/get-group.ts';
import { getGroups } from './groups/get-groups.ts';
import { updateGroup } from './groups/update-group.ts';
import { getIndexingRules } from './indexing/get-indexing-rules.ts';
import { updateIndexingRule } from './indexing/update-indexing-rule.ts';
import type { Operation } from './operation.ts';
import { deleteResourcePolicy } from './policies/delete-resource-policy.ts';
import { listResourcePolicies } from './policies/list-resource-policies.ts';
import { putResourcePolicy } from './policies/put-resource-policy.ts';
import { createSamplingRule } from './sampling/create-sampling-rule.ts';
import { deleteSamplingRule } from './sampling/delete-sampling-rule.ts';
import { getSamplingRules } from './sampling/get-sampling-rules.ts';
import { getSamplingStatisticSummaries } from './sampling/get-sampling-statistic-summaries.ts';
import { getSamplingTargets } from './sampling/get-sampling-targets.ts';
import { updateSamplingRule } from './sampling/update-sampling-rule.ts';
import { listTagsForResource } from './tags/list-tags-for-resource.ts';
import { tagResource } from './tags/tag-resource.ts';
import { untagResource } from './tags/untag-resource.ts';
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
  createGroup,
  getGroup,
  getGroups,
  updateGroup,
  deleteGroup,
  tagResource,
  untagResource,
  listTagsForResource,
  getEncryptionConfig,
  putEncryptionConfig,
  putResourcePolicy,
  listResourcePolicies,
  deleteResourcePolicy,
  getTraceSegmentDestination,
  updateTraceSegmentDestination,
  getIndexingRules,
  updateIndexingRule,
];

/** Operations of AWS X-Ray that this one does not offer yet, by path, so that the answer can say what is missing. */
export const absentOperations: Readonly<Record<string, string>> = {
  '/TimeSeriesServiceStatistics': 'GetTimeSeriesServiceStatistics',
  '/InsightSummaries': 'GetInsightSummaries',
  '/Insight': 'GetInsight',
  '/InsightEvents': 'GetInsightEvents',
  '/InsightImpactGraph': 'GetInsightImpactGraph',
  '/StartTraceRetrieval': 'StartTraceRetrieval',
  '/ListRetrievedTraces': 'ListRetrievedTraces',
  '/GetRetrievedTracesGraph': 'GetRetrievedTracesGraph',
  '/CancelTraceRetrieval': 'CancelTraceRetrieval',
};
