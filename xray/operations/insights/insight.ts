import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { storeLimits } from '../../store/limits.ts';
import type { InsightReport, RequestImpact, StoredInsight } from '../../store/store.ts';
import type { OperationContext } from '../operation.ts';

/** A UUID of versions 1 to 5, in AWS's own pattern. */
export const insightId = z
  .string()
  .regex(/^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[1-5][0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$/);

export const insightsToken = z.string().min(1).max(2000).optional();

/** The insight of that id. Throws InvalidRequestException for one that was never opened, or is forgotten. */
export function knownInsight({ store }: OperationContext, id: string): StoredInsight {
  const insight = store.insights.get(id.toLowerCase());
  if (!insight) {
    throw invalidRequest(`Insight ${id} does not exist. GetInsightSummaries lists the insights of a group.`);
  }
  return insight;
}

/** Throws InvalidRequestException for a time of which X-Ray remembers nothing any more. */
export function checkAge(name: 'StartTime' | 'EndTime', time: number, now: number): void {
  if (time < now - storeLimits.retentionSeconds) {
    throw invalidRequest(`${name} cannot be more than 30 days old.`);
  }
}

/** The members that Insight and InsightSummary share. */
export const wireInsight = (insight: StoredInsight) => ({
  InsightId: insight.id,
  GroupARN: insight.groupArn,
  GroupName: insight.groupName,
  RootCauseServiceId: insight.rootCause,
  // X-Ray knows no other category.
  Categories: ['FAULT'],
  State: insight.endTime === undefined ? 'ACTIVE' : 'CLOSED',
  StartTime: insight.startTime,
  ...(insight.endTime !== undefined && { EndTime: insight.endTime }),
  ...wireReport(insight),
});

/** The members that insights and their events share. */
export const wireReport = (report: InsightReport) => ({
  Summary: report.summary,
  ClientRequestImpactStatistics: wireImpact(report.clients),
  RootCauseServiceRequestImpactStatistics: wireImpact(report.rootCauseRequests),
  TopAnomalousServices: report.topAnomalousServices.map((ServiceId) => ({ ServiceId })),
});

const wireImpact = ({ faults, oks, requests }: RequestImpact) => ({
  FaultCount: faults,
  OkCount: oks,
  TotalCount: requests,
});
