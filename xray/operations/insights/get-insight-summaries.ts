import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { groupNamedBy, groupReference } from '../groups/group.ts';
import { operation } from '../operation.ts';
import { decodeToken, encodeToken } from '../page.ts';
import { integer, timestamp } from '../shapes.ts';
import { checkAge, insightsToken, wireInsight } from './insight.ts';

const mostPerPage = 100;

/**
 * The insights of a group that were under way at some moment of the window, last opened first. AWS calls the window the
 * time "in which the insights started" and "ended", which would leave out the ones that have not.
 */
export const getInsightSummaries = operation({
  name: 'GetInsightSummaries',
  path: '/InsightSummaries',
  input: z.object({
    States: z
      .array(z.enum(['ACTIVE', 'CLOSED']))
      .max(1)
      .default([]),
    ...groupReference,
    StartTime: timestamp,
    EndTime: timestamp,
    MaxResults: integer.min(1).max(mostPerPage).default(mostPerPage),
    NextToken: insightsToken,
  }),

  run(context, { NextToken: token, MaxResults, ...query }) {
    const { States, StartTime, EndTime, GroupName, GroupARN } = query;
    const group = groupNamedBy(context, { GroupName, GroupARN });
    checkAge('StartTime', StartTime, context.now());
    checkAge('EndTime', EndTime, context.now());
    if (StartTime > EndTime) throw invalidRequest('StartTime cannot be later than EndTime.');

    const [state] = States;
    const wanted = {
      groupArn: group.arn,
      ...(state !== undefined && { isActive: state === 'ACTIVE' }),
      start: StartTime,
      end: EndTime,
    };
    const [before] = token === undefined ? [] : decodeToken(query, token, 1);
    const found = context.store.insights.list(wanted, before, MaxResults + 1);
    const page = found.slice(0, MaxResults);
    return {
      InsightSummaries: page.map(({ insight }) => ({
        ...wireInsight(insight),
        LastUpdateTime: insight.updatedAt,
      })),
      ...(found.length > page.length && { NextToken: encodeToken(query, [page.at(-1)!.number]) }),
    };
  },
});
