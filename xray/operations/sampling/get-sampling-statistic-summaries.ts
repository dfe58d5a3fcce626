import { z } from 'zod';
import { operation } from '../operation.ts';
import { pageOf } from '../page.ts';
import { nextToken } from '../shapes.ts';

/** How far back the summaries go. AWS does not say; its console draws a trend of some minutes. */
const shownSeconds = 60 * 60;

const pageSize = 1000;

export const getSamplingStatisticSummaries = operation({
  name: 'GetSamplingStatisticSummaries',
  path: '/SamplingStatisticSummaries',
  input: z.object({ NextToken: nextToken }),

  run({ store, now }, { NextToken: token }) {
    const { page, ...next } = pageOf(
      store.samplingReports.statistics(now() - shownSeconds),
      token,
      pageSize,
      {
        query: 'GetSamplingStatisticSummaries',
        key: ({ timestamp, ruleName }) => [timestamp, ruleName],
      },
    );
    return {
      SamplingStatisticSummaries: page.map((statistic) => ({
        RuleName: statistic.ruleName,
        Timestamp: statistic.timestamp,
        RequestCount: statistic.requestCount,
        BorrowCount: statistic.borrowCount,
        // As the clients sent it: the SDKs do not count borrowed requests in here.
        SampledCount: statistic.sampledCount,
      })),
      ...next,
    };
  },
});
