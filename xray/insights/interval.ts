/** What is counted of one interval of a group: plain numbers that can be added up and written down as JSON. */
import {
  flagsOf,
  isInProgress,
  rootCausesOf,
  serviceIdOf,
  type Entity,
  type ServiceId,
  type Trace,
} from '../model/index.ts';
import type { RequestImpact } from '../store/store.ts';
import { detection } from './detection.ts';

/** How often a service was seen to fault, for whatever is being counted. */
export interface FaultsOfService {
  id: ServiceId;
  faults: number;
}

/** A service in which faults began. */
export interface Cause {
  id: ServiceId;
  /** Requests in which a fault began here. */
  requests: number;
  /** The services those faults went through, this one included. */
  affected: Record<string, FaultsOfService>;
}

export interface Interval {
  /** Epoch seconds. */
  start: number;
  /** What clients were answered: one request per trace. */
  clients: RequestImpact;
  /** What each service answered. */
  services: Record<string, { id: ServiceId; impact: RequestImpact }>;
  causes: Record<string, Cause>;
}

export const noImpact: RequestImpact = { faults: 0, oks: 0, requests: 0 };

export const addImpact = (a: RequestImpact, b: RequestImpact): RequestImpact => ({
  faults: a.faults + b.faults,
  oks: a.oks + b.oks,
  requests: a.requests + b.requests,
});

export const emptyInterval = (start: number): Interval => ({
  start,
  clients: noImpact,
  services: {},
  causes: {},
});

/**
 * One service, wherever it is mentioned. Without the account: root causes know it more often than the segments'
 * services do.
 */
export const keyOf = ({ Name, Type }: ServiceId): string => `${Name}\n${Type ?? ''}`;

/** Counts a trace in an interval. One whose root has not ended yet is no answered request, and is not counted. */
export function countTrace(interval: Interval, trace: Trace): void {
  const { root } = trace;
  if (root === undefined || isInProgress(root)) return;
  interval.clients = addImpact(interval.clients, impactOf(root));

  const faulty = new Set<string>();
  for (const segment of trace.segments) {
    if (isInProgress(segment)) continue;
    const id = serviceIdOf(segment);
    const key = keyOf(id);
    const impact = impactOf(segment);
    if (impact.faults > 0) faulty.add(key);
    const service = entry(interval.services, key, () => ({ id, impact: noImpact }));
    if (service) service.impact = addImpact(service.impact, impact);
  }

  // Three retries that fail in one service are one request in which a fault began there.
  const chains = new Map<string, ServiceId[]>();
  for (const { Services } of rootCausesOf(trace).fault) {
    const last = Services.at(-1);
    if (last) chains.set(keyOf(last), [...(chains.get(keyOf(last)) ?? []), ...Services]);
  }
  for (const [key, chain] of chains) {
    const id = bareId(chain.at(-1)!);
    const cause = entry<Cause>(interval.causes, key, () => ({ id, requests: 0, affected: {} }));
    if (!cause) continue;
    cause.requests++;
    for (const service of new Map(chain.map((one) => [keyOf(one), one])).values()) {
      const affectedKey = keyOf(service);
      if (affectedKey !== key && !faulty.has(affectedKey)) continue;
      const affected = entry(cause.affected, affectedKey, () => ({ id: bareId(service), faults: 0 }));
      if (affected) affected.faults++;
    }
  }
}

function impactOf(entity: Entity): RequestImpact {
  const { error, throttle, fault } = flagsOf(entity);
  return { faults: Number(fault), oks: Number(!fault && !error && !throttle), requests: 1 };
}

/** A root cause's service without its path. */
const bareId = ({ Name, Names, Type, AccountId }: ServiceId): ServiceId => ({
  Name,
  Names,
  ...(AccountId !== undefined && { AccountId }),
  ...(Type !== undefined && { Type }),
});

/** The entry of a key, made where there is none; undefined when there are too many already. */
function entry<Value>(entries: Record<string, Value>, key: string, make: () => Value): Value | undefined {
  const known = entries[key];
  if (known !== undefined) return known;
  if (Object.keys(entries).length >= detection.servicesPerInterval) return undefined;
  return (entries[key] = make());
}

/** Adds what one interval says of services to what others said, as long as there is room for their names. */
export function addFaults(
  sum: Readonly<Record<string, FaultsOfService>>,
  more: Readonly<Record<string, FaultsOfService>>,
): Record<string, FaultsOfService> {
  const added = { ...sum };
  let room = detection.servicesPerInterval - Object.keys(sum).length;
  for (const [key, { id, faults }] of Object.entries(more)) {
    if (added[key] === undefined && room-- <= 0) continue;
    added[key] = { id, faults: (added[key]?.faults ?? 0) + faults };
  }
  return added;
}
