import { getTraceSegmentDestination } from './destination/get-trace-segment-destination.ts';
import { updateTraceSegmentDestination } from './destination/update-trace-segment-destination.ts';
import { getEncryptionConfig } from './encryption/get-encryption-config.ts';
import { putEncryptionConfig } from './encryption/put-encryption-config.ts';
import { getServiceGraph } from './graph/get-service-graph.ts';
import { getTimeSeriesServiceStatistics } from './graph/get-time-series-service-statistics.ts';
import { getTraceGraph } from './graph/get-trace-graph.ts';
import { createGroup } from './groups/create-group.ts';
import { deleteGroup } from './groups/delete-group.ts';
import { getGroup } from './groups/get-group.ts';
import { getGroups } from './groups/get-groups.ts';
import { updateGroup } from './groups/update-group.ts';
import { getIndexingRules } from './indexing/get-indexing-rules.ts';
import { updateIndexingRule } from './indexing/update-indexing-rule.ts';
import { getInsightEvents } from './insights/get-insight-events.ts';
import { getInsightImpactGraph } from './insights/get-insight-impact-graph.ts';
import { getInsightSummaries } from './insights/get-insight-summaries.ts';
import { getInsight } from './insights/get-insight.ts';
import type { Operation } from './operation.ts';
import { deleteResourcePolicy } from './policies/delete-resource-policy.ts';
import { listResourcePolicies } from './policies/list-resource-policies.ts';
import { putResourcePolicy } from './policies/put-resource-policy.ts';
import { cancelTraceRetrieval } from './retrieval/cancel-trace-retrieval.ts';
import { getRetrievedTracesGraph } from './retrieval/get-retrieved-traces-graph.ts';
import { listRetrievedTraces } from './retrieval/list-retrieved-traces.ts';
import { startTraceRetrieval } from './retrieval/start-trace-retrieval.ts';
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
  getTimeSeriesServiceStatistics,
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
  getInsightSummaries,
  getInsight,
  getInsightEvents,
  getInsightImpactGraph,
  getTraceSegmentDestination,
  updateTraceSegmentDestination,
  getIndexingRules,
  updateIndexingRule,
  startTraceRetrieval,
  listRetrievedTraces,
  getRetrievedTracesGraph,
  cancelTraceRetrieval,
];
