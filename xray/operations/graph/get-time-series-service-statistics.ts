import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import type { HistogramEntry, Statistics } from '../../model/index.ts';
import { type EntitySelection, faultForecast, forecastPeriods, TimeSeries } from '../../model/time-series.ts';
import { DigestBlock } from '../../model/trace-digest/digest-block.ts';
import { wholeDigest } from '../../model/trace-digest/trace-digest.ts';
import {
  changedWithin,
  defaultGroupName,
  groupNamedBy,
  groupReference,
  groupTest,
  knownGroup,
} from '../groups/group.ts';
import { operation } from '../operation.ts';
import { decodeToken, encodeToken } from '../page.ts';
import { integer, nextToken, timestamp } from '../shapes.ts';
import { checkWindow, scanTraces } from '../traces/query.ts';
import { readEntitySelector } from './entity-selector.ts';

/** Seconds per period where the caller names none. AWS publishes neither this nor which values it takes. */
export const defaultPeriodSeconds = 60;

/** Periods on one page: more than a day of minutes is rare. AWS does not publish its page size. */
const periodsPerPage = 1_500;

interface SeriesEntry {
  Timestamp: number;
  EdgeSummaryStatistics?: Statistics;
  ServiceSummaryStatistics?: Statistics;
  ServiceForecastStatistics?: { FaultCountHigh: number; FaultCountLow: number };
  ResponseTimeHistogram?: HistogramEntry[];
}

export const getTimeSeriesServiceStatistics = operation({
  name: 'GetTimeSeriesServiceStatistics',
  path: '/TimeSeriesServiceStatistics',
  input: z.object({
    StartTime: timestamp,
    EndTime: timestamp,
    ...groupReference,
    EntitySelectorExpression: z.string().min(1).max(500).optional(),
    Period: integer.optional(),
    ForecastStatistics: z.boolean().optional(),
    NextToken: nextToken,
  }),

  async run(context, { NextToken: token, ...query }) {
    const { store, limits, now } = context;
    const { StartTime: start, EndTime: end, Period: period = defaultPeriodSeconds } = query;
    // AWS names no limit for this call. Dashboards ask for a day at once, so it is the one of trace summaries.
    checkWindow(start, end, limits.summariesWindowSeconds);
    if (period < 1)
      throw invalidRequest(`Period is ${period}. Set it to a number of seconds from 1, e.g. 60.`);
    const { EntitySelectorExpression: text, GroupName, GroupARN } = query;
    const selection = text === undefined ? undefined : readEntitySelector(text);
    if (query.ForecastStatistics && selection?.kind !== 'service') {
      throw invalidRequest(
        'ForecastStatistics needs an EntitySelectorExpression of one service, e.g. service("orders").',
      );
    }
    const isNamed = (GroupName ?? GroupARN) !== undefined;
    const group = isNamed
      ? groupNamedBy(context, { GroupName, GroupARN })
      : knownGroup(context, defaultGroupName);

    // A forecast for the first period looks back on those before it.
    const from = query.ForecastStatistics ? start - forecastPeriods * period : start;
    const series = new TimeSeries({ start, period, selection, now: now() });
    const range = { type: 'Event', start: from, end } as const;
    await scanTraces(store, { range, order: 'any', test: groupTest(group) }, (found) => {
      const { block, slot } = found;
      const startTime = block.startTime[slot]!;
      if (startTime < from || startTime >= end) return;
      if (!found.isOpaque) return series.add(block, slot);
      const trace = found.trace();
      if (trace) series.add(DigestBlock.of([wholeDigest(trace)]), 0);
    });

    const [first = 0] = token === undefined ? [] : decodeToken(query, token, 1);
    const numbers = [...series.periods.keys()].filter((number) => number >= first).sort((a, b) => a - b);
    const entries: SeriesEntry[] = [];
    let next: number | undefined;
    for (const number of numbers) {
      const entry = entryOf(series, number, selection);
      if (entry === undefined) continue;
      if (entries.length === periodsPerPage) {
        next = number;
        break;
      }
      const forecast = query.ForecastStatistics && faultForecast(faultsBefore(series, number));
      entries.push({
        Timestamp: start + number * period,
        ...entry,
        ...(forecast && {
          ServiceForecastStatistics: { FaultCountHigh: forecast.high, FaultCountLow: forecast.low },
        }),
      });
    }
    return {
      TimeSeriesServiceStatistics: entries,
      ContainsOldGroupVersions: changedWithin(group, start, end),
      ...(next !== undefined && { NextToken: encodeToken(query, [next]) }),
    };
  },
});

/** The statistics of a period; undefined for one without any finished request. */
function entryOf(
  series: TimeSeries,
  number: number,
  selection: EntitySelection | undefined,
): Omit<SeriesEntry, 'Timestamp'> | undefined {
  const { services, edges } = series.periods.get(number)!;
  if (services.total + edges.total === 0) return undefined;
  if (selection === undefined) return { EdgeSummaryStatistics: edges.statistics() };
  return {
    ...(selects(selection, 'service') && { ServiceSummaryStatistics: services.statistics() }),
    ...(selects(selection, 'edge') && {
      EdgeSummaryStatistics: edges.statistics(),
      ResponseTimeHistogram: edges.histogram(),
    }),
  };
}

const selects = (selection: EntitySelection, kind: 'service' | 'edge'): boolean =>
  'terms' in selection ? selection.terms.some((term) => selects(term, kind)) : selection.kind === kind;

/** Faults in each of the periods before one. A period without traffic had none; before the first one is nothing. */
function faultsBefore({ periods }: TimeSeries, number: number): number[] {
  const faults: number[] = [];
  let hasTraffic = false;
  for (let earlier = number - forecastPeriods; earlier < number; earlier++) {
    const period = periods.get(earlier);
    hasTraffic ||= period !== undefined;
    if (hasTraffic) faults.push(period?.services.faults ?? 0);
  }
  return faults;
}
