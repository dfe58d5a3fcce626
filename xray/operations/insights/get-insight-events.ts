import { z } from 'zod';
import { operation } from '../operation.ts';
import { decodeToken, encodeToken } from '../page.ts';
import { integer } from '../shapes.ts';
import { insightId, insightsToken, knownInsight, wireReport } from './insight.ts';

const mostPerPage = 50;

/** Newest first, so that a first page shows how things stand. AWS does not say in which order it lists them. */
export const getInsightEvents = operation({
  name: 'GetInsightEvents',
  path: '/InsightEvents',
  input: z.object({
    InsightId: insightId,
    MaxResults: integer.min(1).max(mostPerPage).default(mostPerPage),
    NextToken: insightsToken,
  }),

  run(context, { InsightId, MaxResults, NextToken: token }) {
    const { id } = knownInsight(context, InsightId);
    const query = ['GetInsightEvents', id];
    const [before] = token === undefined ? [] : decodeToken(query, token, 1);
    const found = context.store.insights.events(id, before, MaxResults + 1);
    const page = found.slice(0, MaxResults);
    return {
      InsightEvents: page.map(({ event }) => ({ EventTime: event.time, ...wireReport(event) })),
      ...(found.length > page.length && { NextToken: encodeToken(query, [page.at(-1)!.number]) }),
    };
  },
});
