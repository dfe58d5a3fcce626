/** What `rootcause` asks of a trace: about the links of its root causes' chains, and about their structure. */
import { remembered } from '../remembered.ts';
import { rootCausesOf } from '../root-causes.ts';
import { serviceKey } from '../service-id.ts';
import type { TraceFacts } from '../trace-facts.ts';
import type { RootCause } from '../wire.ts';
import type { RootCauseKind, RootCausePart } from './expression.ts';

/** A service, an entity or an exception, and its place in the chain of a root cause. */
export interface RootCauseLink {
  /** From 0, at the entry point. */
  index: number;
  isLast: boolean;
  name?: string | undefined;
  /** Of services. */
  type?: string | undefined;
  accountId?: string | undefined;
  isInferred?: boolean | undefined;
  isEntryPoint?: boolean;
  /** Of entities. */
  isRemote?: boolean | undefined;
  coverage?: number | undefined;
  /** Of exceptions. */
  message?: string | undefined;
}

/** The links of every root cause of one kind. A chain of entities or exceptions runs through all its services. */
export function rootCauseLinks(facts: TraceFacts, kind: RootCauseKind, part: RootCausePart): RootCauseLink[] {
  const known = knownLinks(facts.trace);
  const key = `${kind} ${part}`;
  let links = known.get(key);
  if (links === undefined) known.set(key, (links = allLinks(facts, kind, part)));
  return links;
}

const knownLinks = remembered(() => new Map<string, RootCauseLink[]>());

const allLinks = (facts: TraceFacts, kind: RootCauseKind, part: RootCausePart): RootCauseLink[] =>
  rootCausesOf(facts.trace)[kind].flatMap((cause) => {
    const links = linksOf[part](cause, facts);
    return links.map((link, index) => ({ ...link, index, isLast: index === links.length - 1 }));
  });

type Unplaced = Omit<RootCauseLink, 'index' | 'isLast'>;

const linksOf: Record<RootCausePart, (cause: RootCause, facts: TraceFacts) => Unplaced[]> = {
  service({ Services }, facts) {
    const { root } = facts.trace;
    const entryPoint = root && serviceKey(facts.participantOf(root).id);
    return Services.map((service, index) => ({
      name: service.Name,
      type: service.Type,
      accountId: service.AccountId,
      isInferred: service.Inferred,
      isEntryPoint: index === 0 && serviceKey(service) === entryPoint,
    }));
  },
  entity: (cause) =>
    entitiesOf(cause).map(({ Name, Remote, Coverage }) => ({
      name: Name,
      isRemote: Remote,
      coverage: Coverage,
    })),
  exception: (cause) =>
    entitiesOf(cause)
      .flatMap(({ Exceptions = [] }) => Exceptions)
      .map(({ Name, Message }) => ({ name: Name, message: Message })),
};

const entitiesOf = ({ Services }: RootCause) => Services.flatMap(({ EntityPath }) => EntityPath);

/** Whether each pattern is the structure of one of the trace's root causes, of whichever kind. */
export function hasRootCauses(facts: TraceFacts, patterns: readonly unknown[]): boolean {
  const { fault, error, responsetime } = rootCausesOf(facts.trace);
  return patterns.every((pattern) =>
    [fault, error, responsetime].some((causes) => causes.some((cause) => fits(cause, pattern))),
  );
}

/** Members left out of a pattern match anything; lists match as sequences, from first to last. */
function fits(actual: unknown, pattern: unknown): boolean {
  if (Array.isArray(pattern)) {
    return (
      Array.isArray(actual) &&
      actual.length === pattern.length &&
      pattern.every((inner, i) => fits(actual[i], inner))
    );
  }
  if (isObject(pattern)) {
    return (
      isObject(actual) && Object.entries(pattern).every(([key, inner]) => fits(member(actual, key), inner))
    );
  }
  // AWS's example writes null where a service has no type, and an account number without quotes.
  if (pattern === null) return actual === undefined;
  return actual === pattern || (typeof pattern === 'number' && actual === String(pattern));
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const member = (object: object, key: string): unknown =>
  Object.hasOwn(object, key) ? (object as Record<string, unknown>)[key] : undefined;
