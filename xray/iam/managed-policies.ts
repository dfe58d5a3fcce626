/**
 * AWS's managed policies for X-Ray, by the names AWS gave them: mind `XRay` in one and `Xray` in the others. Action lists
 * as of AWSXRayDaemonWriteAccess v2 and AWSXrayFullAccess v2 (github.com/zoph-io/MAMIP, policies/), AWSXrayReadOnlyAccess
 * v8 (github.com/iann0036/iam-dataset, aws/managedpolicies/) and the older AWSXrayWriteOnlyAccess v2 (MAMIP).
 */
export const managedPolicies = {
  AWSXRayDaemonWriteAccess: allow(
    'PutTraceSegments',
    'PutTelemetryRecords',
    'GetSamplingRules',
    'GetSamplingTargets',
    'GetSamplingStatisticSummaries',
  ),
  AWSXrayWriteOnlyAccess: allow(
    'PutTraceSegments',
    'PutTelemetryRecords',
    'GetSamplingRules',
    'GetSamplingTargets',
    'GetSamplingStatisticSummaries',
  ),
  // No encryption, indexing or trace retrieval, although those only read too: AWS's list is older than they are.
  AWSXrayReadOnlyAccess: allow(
    'GetSamplingRules',
    'GetSamplingTargets',
    'GetSamplingStatisticSummaries',
    'BatchGetTraces',
    'BatchGetTraceSummaryById',
    'GetDistinctTraceGraphs',
    'GetServiceGraph',
    'GetTraceGraph',
    'GetTraceSummaries',
    'GetGroups',
    'GetGroup',
    'ListTagsForResource',
    'ListResourcePolicies',
    'GetTimeSeriesServiceStatistics',
    'GetInsightSummaries',
    'GetInsight',
    'GetInsightEvents',
    'GetInsightImpactGraph',
  ),
  AWSXrayFullAccess: allow('*'),
} as const;

/**
 * The document of a managed policy, by its name or ARN, whichever way `Xray` is spelled: people mix the two spellings
 * up, and no two policies differ in that only. Undefined for a name AWS does not have.
 */
export function managedPolicy(nameOrArn: string): object | undefined {
  const name = nameOrArn.replace(/^arn:aws:iam::aws:policy\//, '').toLowerCase();
  return Object.entries(managedPolicies).find(([known]) => known.toLowerCase() === name)?.[1];
}

function allow(...actions: string[]) {
  return {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: actions.map((action) => `xray:${action}`), Resource: '*' }],
  };
}
