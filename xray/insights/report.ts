/** An insight and its events as they are kept and shown: state, numbers, and sentences in our own words. */
import type { ServiceId } from '../model/index.ts';
import type { StoredInsight, StoredInsightEvent } from '../store/store.ts';
import { detection } from './detection.ts';
import type { Change, OpenInsight } from './detector.ts';

/**
 * The insight after a change.
 * @param at when the change was noticed, epoch seconds
 */
export function insightAfter(
  { kind, insight }: Change,
  group: { name: string; arn: string },
  at: number,
): StoredInsight {
  return {
    id: insight.id,
    groupName: group.name,
    groupArn: group.arn,
    rootCause: insight.service,
    startTime: insight.start,
    ...(kind === 'closed' && { endTime: insight.end }),
    updatedAt: at,
    summary: summary(insight, kind === 'closed'),
    clients: insight.clients,
    rootCauseRequests: insight.rootCause,
    topAnomalousServices: mostAffected(insight),
  };
}

/** The event of a change. */
export function eventOf({ kind, insight }: Change, at: number): StoredInsightEvent {
  return {
    time: at,
    summary: sentences[kind](insight),
    clients: insight.clients,
    rootCauseRequests: insight.rootCause,
    topAnomalousServices: mostAffected(insight),
  };
}

const sentences: Readonly<Record<Change['kind'], (insight: OpenInsight) => string>> = {
  opened: (insight) =>
    `Faults that begin in ${named(insight.service)} left the expected range: ${watched(insight)}, where up to ${percent(insight.expected)} was expected.`,
  continued: (insight) =>
    `The faults go on: ${watched(insight)}. Services affected: ${mostAffected(insight).map(named).join(', ')}.`,
  closed: (insight) =>
    `Faults are back in the expected range, or requests have ceased. The last interval with trouble ended at ${utc(insight.end)}.`,
};

function summary(insight: OpenInsight, isClosed: boolean): string {
  const { clients, service, start, end } = insight;
  const when = isClosed ? `Between ${utc(start)} and ${utc(end)}` : `Since ${utc(start)}`;
  return `${when}, ${clients.faults} of ${clients.requests} client requests failed with a fault. The root cause is in ${named(service)}.`;
}

function watched({ faults, clients, series }: OpenInsight): string {
  const what = series.of === 'clients' ? 'failed' : 'had a fault that began there';
  const share = clients.requests === 0 ? 0 : faults / clients.requests;
  return `${faults} of ${clients.requests} client requests (${percent(share)}) ${what}`;
}

/** The root cause first, then by number of faults. */
function mostAffected({ affected, key }: OpenInsight): ServiceId[] {
  return Object.entries(affected)
    .sort(
      ([a, one], [b, other]) =>
        Number(b === key) - Number(a === key) || other.faults - one.faults || (a < b ? -1 : 1),
    )
    .slice(0, detection.topServices)
    .map(([, { id }]) => id);
}

const named = ({ Name, Type }: ServiceId) => (Type === undefined ? Name : `${Name} (${Type})`);

const percent = (share: number) => `${Math.round(share * 1000) / 10} %`;

/** `2026-11-22 14:02:10 UTC`. */
const utc = (seconds: number) =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
