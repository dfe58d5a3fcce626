/**
 * What summary, service graph and filters all ask of a trace, found once and kept as long as the trace is. Each fact
 * is found when it is first asked for, so that a trace which is only filtered by status costs nothing more.
 */
import { remembered } from './remembered.ts';
import { serviceIdOf, serviceKey } from './service-id.ts';
import type { AnnotationValue, Entity, EntityId, Segment, ServiceId, Trace } from './vocabulary.ts';
import { forEachEntity } from './walk.ts';

/** X-Ray indexes 50 annotations per trace. Which, it does not say: we take the first 50 keys in trace order. */
export const indexedAnnotationKeys = 50;

/** One service that took part in a trace. */
export interface Participant {
  key: string;
  id: ServiceId;
  segments: Segment[];
}

/** One service calling another, or itself. */
export interface Call {
  caller: Segment;
  callee: Segment;
  from: Participant;
  to: Participant;
  /** The caller's view: its subsegment. Where a segment hangs under a segment (Lambda), the callee's own segment. */
  view: Entity;
}

/** A value recorded in a trace, and the services that recorded it. */
export interface RecordedValue<Value> {
  value: Value;
  services: ServiceId[];
}

/** The facts of a trace. A trace is never changed after it was assembled, so they stay true. */
export const traceFacts: (trace: Trace) => TraceFacts = remembered((trace) => new TraceFacts(trace));

export class TraceFacts {
  readonly trace: Trace;
  #owners: Map<EntityId, { entity: Entity; segment: Segment }> | undefined;
  #participants: Map<string, Participant> | undefined;
  #participantOf: Map<Segment, Participant> | undefined;
  #calls: Call[] | undefined;
  #entries: Segment[] | undefined;
  #annotations: Map<string, RecordedValue<AnnotationValue>[]> | undefined;
  #users: RecordedValue<string>[] | undefined;

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** Every entity that hangs under a segment, with that segment. */
  get owners(): ReadonlyMap<EntityId, { entity: Entity; segment: Segment }> {
    if (this.#owners === undefined) {
      this.#owners = new Map();
      for (const segment of this.trace.segments) {
        forEachEntity(segment, (entity) => {
          if (!this.#owners!.has(entity.id)) this.#owners!.set(entity.id, { entity, segment });
        });
      }
    }
    return this.#owners;
  }

  /** The services of the trace, inferred ones included, in order of first appearance. */
  get participants(): readonly Participant[] {
    return [...this.#findParticipants().values()];
  }

  participantOf(segment: Segment): Participant {
    this.#findParticipants();
    return this.#participantOf!.get(segment)!;
  }

  /** Segments that nobody in this trace called: the root, and any whose caller is not here. */
  get entries(): readonly Segment[] {
    this.#entries ??= this.trace.segments.filter(
      ({ parent_id }) => parent_id === undefined || !this.owners.has(parent_id),
    );
    return this.#entries;
  }

  get calls(): readonly Call[] {
    this.#calls ??= this.trace.segments.flatMap((callee) => {
      const owner = callee.parent_id === undefined ? undefined : this.owners.get(callee.parent_id);
      if (owner === undefined) return [];
      const { entity, segment: caller } = owner;
      const view = entity === caller ? callee : entity;
      return [{ caller, callee, view, from: this.participantOf(caller), to: this.participantOf(callee) }];
    });
    return this.#calls;
  }

  /** The indexed annotations of all segments and subsegments, distinct values under each key. */
  get annotations(): ReadonlyMap<string, RecordedValue<AnnotationValue>[]> {
    if (this.#annotations === undefined) this.#findAnnotationsAndUsers();
    return this.#annotations!;
  }

  get users(): readonly RecordedValue<string>[] {
    if (this.#users === undefined) this.#findAnnotationsAndUsers();
    return this.#users!;
  }

  #findParticipants(): Map<string, Participant> {
    if (this.#participants !== undefined) return this.#participants;
    this.#participants = new Map();
    this.#participantOf = new Map();
    for (const segment of this.trace.segments) {
      const id = serviceIdOf(segment);
      const key = serviceKey(id);
      let participant = this.#participants.get(key);
      if (participant === undefined) this.#participants.set(key, (participant = { key, id, segments: [] }));
      participant.segments.push(segment);
      this.#participantOf.set(segment, participant);
    }
    return this.#participants;
  }

  #findAnnotationsAndUsers(): void {
    const annotations = new Map<string, Recorder<AnnotationValue>>();
    const users = new Recorder<string>();
    for (const segment of this.trace.segments) {
      forEachEntity(segment, ({ annotations: own, user }) => {
        if (user) users.add(user, this.participantOf(segment).id);
        for (const key in own) {
          let values = annotations.get(key);
          if (values === undefined) {
            if (annotations.size === indexedAnnotationKeys) continue;
            annotations.set(key, (values = new Recorder()));
          }
          values.add(own[key]!, this.participantOf(segment).id);
        }
      });
    }
    this.#annotations = new Map([...annotations].map(([key, { values }]) => [key, values]));
    this.#users = users.values;
  }
}

/** The distinct values of one annotation, or the users, in the order in which they were first recorded. */
class Recorder<Value> {
  readonly #byValue = new Map<Value, Set<ServiceId>>();

  add(value: Value, service: ServiceId): void {
    const known = this.#byValue.get(value);
    if (known === undefined) this.#byValue.set(value, new Set([service]));
    else known.add(service);
  }

  get values(): RecordedValue<Value>[] {
    return [...this.#byValue].map(([value, services]) => ({ value, services: [...services] }));
  }
}
