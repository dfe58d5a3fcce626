/**
 * Root causes: where in a trace a fault or an error began, and where its time went. Each is a chain of services from
 * the entry point to the one that caused it, with the way through each service.
 *
 * X-Ray publishes the shape of a root cause but not how it is found, so the rules here are ours:
 * - A fault or an error began in the deepest entities that carry the flag, those that have no flagged entity below.
 * - A response took its time along the longest call, and the longest call inside that, as long as one call dominates.
 *
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-gettingdata.html
 */
import { isCall } from './inferred-segments.ts';
import { remembered } from './remembered.ts';
import { accountIdOf } from './resources.ts';
import { durationOf, flagsOf } from './status.ts';
import { type TraceFacts, traceFacts } from './trace-facts.ts';
import type { Entity, Segment, Trace } from './vocabulary.ts';
import { forEachEntity } from './walk.ts';
import type { RootCause, RootCauseEntity, RootCauseService } from './wire.ts';

/** A call dominates the response time from this share of it on; below, the time is its caller's own. */
export const coverageThreshold = 0.5;

/** So that a trace with a thousand failed calls has a summary of sensible size. X-Ray does not name its limit. */
export const rootCausesPerKind = 20;

/** Failures whose whole way is looked at, so that a trace of thousands of like failures is summarized as fast. */
const pathsPerKind = 200;

/** The root causes of a trace, each kind found when it is first asked for. */
export const rootCausesOf: (trace: Trace) => RootCauses = remembered((trace) => new RootCauses(trace));

/** The three lists of a trace summary. Empty where nothing failed, and `responsetime` until the root has ended. */
export class RootCauses {
  readonly #facts: TraceFacts;
  #fault: readonly RootCause[] | undefined;
  #error: readonly RootCause[] | undefined;
  #responsetime: readonly RootCause[] | undefined;

  constructor(trace: Trace) {
    this.#facts = traceFacts(trace);
  }

  get fault(): readonly RootCause[] {
    return (this.#fault ??= failures(this.#facts, (entity) => flagsOf(entity).fault));
  }

  /** Throttles are errors, too: a 429 is a 4xx. */
  get error(): readonly RootCause[] {
    return (this.#error ??= failures(this.#facts, (entity) => {
      const { error, throttle } = flagsOf(entity);
      return error || throttle;
    }));
  }

  /** At most one: the way along which most of the response time went. */
  get responsetime(): readonly RootCause[] {
    return (this.#responsetime ??= slowestPath(this.#facts));
  }
}

/** An entity and the segment it belongs to. */
interface Place {
  entity: Entity;
  segment: Segment;
}

/** One root cause per distinct chain: three retries that fail alike are one. In order of start of what failed. */
function failures(facts: TraceFacts, failed: (entity: Entity) => boolean): RootCause[] {
  const places: Place[] = [];
  for (const segment of facts.trace.segments) {
    forEachEntity(segment, (entity) => {
      if (failed(entity)) places.push({ entity, segment });
    });
  }
  if (places.length === 0) return [];

  const outer = outerPlaces(facts);
  const causes = new Map<string, RootCause>();
  for (const place of distinct(deepest(places, outer), outer, facts).slice(0, pathsPerKind)) {
    const cause = failureCause(pathTo(place, outer), facts);
    causes.set(JSON.stringify(cause), cause);
    if (causes.size === rootCausesPerKind) break;
  }
  return [...causes.values()];
}

/** Of failures side by side under one entity that look alike, the first: their ways are the same. */
function distinct(places: readonly Place[], outer: ReadonlyMap<Entity, Place>, facts: TraceFacts): Place[] {
  const seen = new Map<Entity | undefined, Set<string>>();
  return places.filter(({ entity, segment }) => {
    const above = outer.get(entity)?.entity;
    // A failure under nothing is where its way begins, and whether that is the root makes a difference.
    const service = entity === segment ? facts.participantOf(segment).key : '';
    const isRoot = entity === facts.trace.root;
    const looks = JSON.stringify([entity.name, service, isRoot, isCall(entity), exceptionsIn(entity.cause)]);
    let others = seen.get(above);
    if (others === undefined) seen.set(above, (others = new Set()));
    if (others.has(looks)) return false;
    others.add(looks);
    return true;
  });
}

/** What each entity hangs under: subsegments under what they are embedded in, segments under their callers. */
function outerPlaces({ trace, owners }: TraceFacts): ReadonlyMap<Entity, Place> {
  const outer = new Map<Entity, Place>();
  for (const segment of trace.segments) {
    // Every path ends at the root, even where segments that call each other in a circle lead back to it.
    const caller = segment === trace.root ? undefined : owners.get(segment.parent_id ?? '');
    if (caller !== undefined && caller.segment !== segment) outer.set(segment, caller);
    forEachEntity(segment, (entity) => {
      for (const inner of entity.subsegments ?? []) outer.set(inner, { entity, segment });
    });
  }
  return outer;
}

function deepest(places: readonly Place[], outer: ReadonlyMap<Entity, Place>): Place[] {
  const above = new Set<Entity>();
  for (const { entity } of places) {
    if (above.has(entity)) continue;
    // Segments may call each other in a circle: the way up ends where it began, or where another has been.
    for (let up = outer.get(entity); up !== undefined; up = outer.get(up.entity)) {
      if (up.entity === entity || above.has(up.entity)) break;
      above.add(up.entity);
    }
  }
  return places
    .filter(({ entity }) => !above.has(entity))
    .sort((a, b) => a.entity.start_time - b.entity.start_time);
}

/** From the entry point down. Where the caller is not in the trace, the path begins at the first segment that is. */
function pathTo(place: Place, outer: ReadonlyMap<Entity, Place>): Place[] {
  const path = [place];
  const entered = new Set([place.segment]);
  let inside = place.segment;
  for (let up = outer.get(place.entity); up !== undefined; up = outer.get(up.entity)) {
    if (up.segment !== inside && entered.has(up.segment)) break;
    inside = up.segment;
    entered.add(inside);
    path.push(up);
  }
  return path.reverse();
}

function failureCause(path: readonly Place[], facts: TraceFacts): RootCause {
  const { root } = facts.trace;
  const { error, throttle, fault } = flagsOf(path[0]!.entity);
  return {
    Services: servicesAlong(path, facts, ({ cause }) => ({ Exceptions: exceptionsIn(cause) })),
    ClientImpacting: path[0]!.entity === root && (error || throttle || fault),
  };
}

/**
 * What was thrown right here. An outer entity that only points to an exception recorded further in, as SDKs write it,
 * has none of its own: the one that threw is on the path as well.
 */
function exceptionsIn(cause: Entity['cause']): NonNullable<RootCauseEntity['Exceptions']> {
  if (typeof cause !== 'object') return [];
  return (cause.exceptions ?? []).map(({ type, message }) => ({
    ...(type !== undefined && { Name: type }),
    ...(message !== undefined && { Message: message }),
  }));
}

function slowestPath(facts: TraceFacts): RootCause[] {
  const { root } = facts.trace;
  if (root === undefined || durationOf(root) === 0) return [];

  const coverage = (entity: Entity) => coverageOf(entity, root);
  const called = calledFrom(facts);
  const path: Place[] = [];
  const entered = new Set<Segment>();
  let next: Place | undefined = { entity: root, segment: root };
  while (next !== undefined && coverage(next.entity) >= coverageThreshold) {
    const { entity, segment }: Place = next;
    path.push(next);
    entered.add(segment);
    next = longest(
      [
        ...(entity.subsegments ?? []).map((inner) => ({ entity: inner, segment })),
        ...(called.get(entity) ?? [])
          .filter((callee) => !entered.has(callee))
          .map((callee) => ({ entity: callee, segment: callee })),
      ],
      coverage,
    );
  }
  const Services = servicesAlong(path, facts, (entity) => ({ Coverage: coverage(entity) }));
  return [{ Services, ClientImpacting: true }];
}

/** The segments that each entity called. */
function calledFrom({ trace, owners }: TraceFacts): ReadonlyMap<Entity, Segment[]> {
  const called = new Map<Entity, Segment[]>();
  for (const segment of trace.segments) {
    const caller = owners.get(segment.parent_id ?? '')?.entity;
    if (caller === undefined) continue;
    const siblings = called.get(caller);
    if (siblings) siblings.push(segment);
    else called.set(caller, [segment]);
  }
  return called;
}

/** The first of the longest, so that equals are told apart by their order in the trace. */
function longest(places: readonly Place[], coverage: (entity: Entity) => number): Place | undefined {
  let found: Place | undefined;
  for (const place of places) {
    if (found === undefined || coverage(place.entity) > coverage(found.entity)) found = place;
  }
  return found;
}

/**
 * The share of the root's response time during which the entity was at work, 0..1 to three decimals. Work after the
 * answer does not count, and what has not ended covers nothing yet.
 */
function coverageOf({ start_time, end_time }: Entity, root: Segment): number {
  if (end_time === undefined) return 0;
  const overlap = Math.min(end_time, root.end_time!) - Math.max(start_time, root.start_time);
  return Math.round((Math.max(0, overlap) / durationOf(root)) * 1000) / 1000;
}

/** The path cut at the borders between services. */
function servicesAlong(
  path: readonly Place[],
  facts: TraceFacts,
  details: (entity: Entity) => RootCauseEntity,
): RootCauseService[] {
  const services: RootCauseService[] = [];
  let inside: Segment | undefined;
  for (const { entity, segment } of path) {
    if (segment !== inside) services.push(serviceWithoutPath(segment, facts));
    inside = segment;
    const service = services.at(-1)!;
    // An inferred segment bears the name of the call, e.g. DynamoDB; its service is the table.
    const ownsName = entity === segment && segment.inferred === true;
    service.EntityPath.push({
      Name: ownsName ? service.Name : entity.name,
      ...details(entity),
      Remote: ownsName || (entity !== segment && isCall(entity)),
    });
  }
  return services;
}

function serviceWithoutPath(segment: Segment, facts: TraceFacts): RootCauseService {
  const account = accountIdOf(segment);
  return {
    ...facts.participantOf(segment).id,
    ...(account !== undefined && { AccountId: account }),
    EntityPath: [],
    Inferred: segment.inferred === true,
  };
}
