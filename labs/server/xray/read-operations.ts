/**
 * The operations pages may ask for, each with its path in AWS's API: those that read. To add one, add its line.
 * https://docs.aws.amazon.com/xray/latest/api/API_Operations.html
 */
export const readOperations: Readonly<Record<string, string>> = {
  BatchGetTraces: '/Traces',
  GetGroup: '/GetGroup',
  GetGroups: '/Groups',
  GetSamplingRules: '/GetSamplingRules',
  GetSamplingStatisticSummaries: '/SamplingStatisticSummaries',
  GetServiceGraph: '/ServiceGraph',
  GetTimeSeriesServiceStatistics: '/TimeSeriesServiceStatistics',
  GetTraceGraph: '/TraceGraph',
  GetTraceSummaries: '/TraceSummaries',
  ListTagsForResource: '/ListTagsForResource',
};
