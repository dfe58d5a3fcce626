/** Decides whether a trace matches a filter expression. */
import { remembered } from '../remembered.ts';
import { accountIdOf } from '../resources.ts';
import { serviceIdOf } from '../service-id.ts';
import { type Call, type TraceFacts, traceFacts } from '../trace-facts.ts';
import type { AnnotationValue, Segment, Trace } from '../vocabulary.ts';
import { forEachEntity } from '../walk.ts';
import type {
  AnnotationComparison,
  ComparisonOperator,
  FilterExpression,
  ServiceSelector,
} from './expression.ts';
import { keywordNamed, type Part, type Values } from './grammar.ts';
import { hasRootCauses, type RootCauseLink, rootCauseLinks } from './root-cause-links.ts';
import { pauses, questionsOfTraces, type Steps } from './steps.ts';

/** What the model cannot know by itself. */
export interface FilterContext {
  /**
   * The filter expression of a group, by its name or its ARN. A group that does not exist matches nothing; to report
   * it instead, ask `groupsNamedIn` first.
   */
  groupFilter?(nameOrArn: string): FilterExpression | undefined;
}

/** Inside a block, the segment, call or link of a root cause it speaks of; outside, the trace. */
type Subject = { part: Part } | { link: RootCauseLink; facts: TraceFacts } | { facts: TraceFacts };

/** Says whether the trace matches. What is found out about a trace is kept with it, so asking again is cheap. */
export function matchesFilter(
  expression: FilterExpression,
  trace: Trace,
  context: FilterContext = {},
): boolean {
  return matches(expression, { facts: traceFacts(trace) }, context);
}

/** The same in steps, for traces that are long together with the expression; undefined for the others. */
export function filterSteps(
  expression: FilterExpression,
  context: FilterContext = {},
  inOneGo = questionsOfTraces,
): (trace: Trace) => Steps<boolean> | undefined {
  const terms = termsIn(expression, context);
  return (trace) =>
    terms === 1 || terms * trace.segments.length <= inOneGo
      ? undefined
      : matchesInSteps(expression, { facts: traceFacts(trace) }, context);
}

/** One term, or one that is asked of each segment. */
function isShort(expression: FilterExpression): boolean {
  switch (expression.kind) {
    case 'and':
    case 'or':
    case 'group':
      return false;
    case 'not':
      return isShort(expression.term);
    case 'service':
    case 'edge':
    case 'rootcause':
      return expression.block === undefined || isShort(expression.block);
    default:
      return true;
  }
}

/** Terms, or segments, between two pauses. */
const termsInOneGo = 20;

/** How many terms there are in an expression, those of its groups among them. */
function termsIn(expression: FilterExpression, context: FilterContext): number {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.reduce((sum, term) => sum + termsIn(term, context), 0);
    case 'not':
      return termsIn(expression.term, context);
    case 'service':
    case 'edge':
    case 'rootcause':
      return expression.block === undefined ? 1 : termsIn(expression.block, context);
    case 'group': {
      const filter = context.groupFilter?.(expression.value);
      return filter === undefined ? 1 : termsIn(filter, without(expression.value, context));
    }
    default:
      return 1;
  }
}

function* matchesInSteps(
  expression: FilterExpression,
  subject: Subject,
  context: FilterContext,
): Steps<boolean> {
  const isTime = pauses(termsInOneGo);
  switch (expression.kind) {
    case 'and':
    case 'or': {
      const decisive = expression.kind === 'or';
      for (const term of expression.terms) {
        if (isTime(1)) yield;
        const holds = isShort(term)
          ? matches(term, subject, context)
          : yield* matchesInSteps(term, subject, context);
        if (holds === decisive) return decisive;
      }
      return !decisive;
    }
    case 'not':
      return !(yield* matchesInSteps(expression.term, subject, context));
    case 'service':
    case 'edge':
    case 'rootcause': {
      const { block } = expression;
      if (block === undefined) return matches(expression, subject, context);
      for (const inner of subjectsOf(expression, factsOf(subject))) {
        if (isTime(1)) yield;
        if (isShort(block) ? matches(block, inner, context) : yield* matchesInSteps(block, inner, context))
          return true;
      }
      return false;
    }
    case 'group': {
      const filter = context.groupFilter?.(expression.value);
      const holds =
        filter !== undefined && (yield* matchesInSteps(filter, subject, without(expression.value, context)));
      return holds === (expression.operator === '=');
    }
    default:
      return matches(expression, subject, context);
  }
}

/** The names and ARNs of the groups an expression refers to. */
export function groupsNamedIn(expression: FilterExpression): string[] {
  switch (expression.kind) {
    case 'group':
      return [expression.value];
    case 'and':
    case 'or':
      return [...new Set(expression.terms.flatMap(groupsNamedIn))];
    case 'not':
      return groupsNamedIn(expression.term);
    default:
      return [];
  }
}

function matches(expression: FilterExpression, subject: Subject, context: FilterContext): boolean {
  switch (expression.kind) {
    case 'everything':
      return true;
    case 'and':
      return expression.terms.every((term) => matches(term, subject, context));
    case 'or':
      return expression.terms.some((term) => matches(term, subject, context));
    case 'not':
      return !matches(expression.term, subject, context);
    case 'flag':
      return (valueOf(expression.keyword, subject) === true) === expression.expected;
    case 'exists':
      return isRecorded(valueOf(expression.keyword, subject));
    case 'compare':
      return holdsForOne(valueOf(expression.keyword, subject), expression);
    case 'annotation':
      return matchesAnnotation(expression.key, expression.comparison, subject);
    case 'service':
    case 'edge':
    case 'rootcause':
      return matchesOne(expression, factsOf(subject), context);
    case 'group':
      return matchesGroup(expression.value, subject, context) === (expression.operator === '=');
    case 'rootcause-json':
      return hasRootCauses(factsOf(subject), expression.pattern);
  }
}

const factsOf = (subject: Subject): TraceFacts => ('part' in subject ? subject.part.facts : subject.facts);

function valueOf(keyword: string, subject: Subject): Values {
  if ('part' in subject) return keywordNamed(keyword)?.ofPart?.(subject.part);
  if ('link' in subject) return keywordNamed(keyword)?.ofLink?.(subject.link);
  const known = valuesOf(subject.facts.trace);
  if (!known.has(keyword)) known.set(keyword, keywordNamed(keyword)?.ofTrace?.(subject.facts));
  return known.get(keyword);
}

/** What keywords say of a trace as a whole: a thousand terms may ask for the same one. */
const valuesOf = remembered(() => new Map<string, Values>());

export const isRecorded = (value: Values): boolean =>
  value !== undefined && !(Array.isArray(value) && value.length === 0);

/** A comparison with something that is not recorded never holds, not even `!=`. */
export function holdsForOne(value: Values, { operator, value: wanted }: Comparison): boolean {
  if (value === undefined) return false;
  if (typeof value === 'object') return value.some((one) => compare(one, operator, wanted));
  return compare(value, operator, wanted);
}

interface Comparison {
  operator: ComparisonOperator;
  value: AnnotationValue;
}

/** Values of different types are never compared: `"12345"` is not 12345, and neither `=` nor `!=` to it. */
export function compare(
  actual: AnnotationValue,
  operator: ComparisonOperator,
  wanted: AnnotationValue,
): boolean {
  if (typeof actual !== typeof wanted) return false;
  switch (operator) {
    case '=':
      return actual === wanted;
    case '!=':
      return actual !== wanted;
    case '<':
      return actual < wanted;
    case '<=':
      return actual <= wanted;
    case '>':
      return actual > wanted;
    case '>=':
      return actual >= wanted;
    case 'CONTAINS':
      return String(actual).includes(String(wanted));
    case 'BEGINSWITH':
      return String(actual).startsWith(String(wanted));
    case 'ENDSWITH':
      return String(actual).endsWith(String(wanted));
  }
}

/**
 * Outside blocks, any annotation of the trace counts; inside, those of the segment with all its subsegments, or those
 * of the caller's subsegment.
 */
function matchesAnnotation(
  key: string,
  comparison: AnnotationComparison | undefined,
  subject: Subject,
): boolean {
  const values =
    'part' in subject
      ? annotationsOfPart(key, subject.part)
      : (subject.facts.annotations.get(key)?.map(({ value }) => value) ?? []);
  if (comparison === undefined) return values.length > 0;
  return values.some((value) => compare(value, comparison.operator, comparison.value));
}

function annotationsOfPart(key: string, { entity, facts }: Part): AnnotationValue[] {
  // Only indexed annotations can be searched for, inside blocks as outside.
  if (!facts.annotations.has(key)) return [];
  const values: AnnotationValue[] = [];
  forEachEntity(entity, ({ annotations }) => {
    if (annotations && Object.hasOwn(annotations, key)) values.push(annotations[key]!);
  });
  return values;
}

type Block = Extract<FilterExpression, { kind: 'service' | 'edge' | 'rootcause' }>;

/**
 * What a block is about: the segments of a service, calls as their callers saw them, or the services, entities or exceptions of
 * root causes.
 */
function* subjectsOf(expression: Block, facts: TraceFacts): Generator<Subject> {
  switch (expression.kind) {
    case 'service':
      for (const segment of facts.trace.segments) {
        if (isSelected(segment, expression.selector)) yield { part: { entity: segment, segment, facts } };
      }
      return;
    case 'edge':
      for (const call of facts.calls) {
        if (isSelected(call.caller, expression.from) && isSelected(call.callee, expression.to)) {
          yield { part: partOf(call, facts) };
        }
      }
      return;
    case 'rootcause':
      for (const link of rootCauseLinks(facts, expression.cause, expression.part)) yield { link, facts };
  }
}

/** One of them must satisfy the whole block. */
function matchesOne(expression: Block, facts: TraceFacts, context: FilterContext): boolean {
  const { block } = expression;
  for (const subject of subjectsOf(expression, facts)) {
    if (block === undefined || matches(block, subject, context)) return true;
  }
  return false;
}

const partOf = ({ view, callee }: Call, facts: TraceFacts): Part => ({
  entity: view,
  segment: callee,
  facts,
});

function isSelected(segment: Segment, { name, type, accountId }: ServiceSelector): boolean {
  if (accountId !== undefined && accountIdOf(segment) !== accountId) return false;
  if (name === undefined && type === undefined) return true;
  // A received segment is known by its own members; only inferred ones have to be worked out.
  if (!segment.inferred) {
    return (name === undefined || segment.name === name) && (type === undefined || segment.origin === type);
  }
  const id = serviceIdOf(segment);
  return (name === undefined || id.Name === name) && (type === undefined || id.Type === type);
}

function matchesGroup(nameOrArn: string, subject: Subject, context: FilterContext): boolean {
  const filter = context.groupFilter?.(nameOrArn);
  if (filter === undefined) return false;
  return matches(filter, subject, without(nameOrArn, context));
}

/** A group whose filter leads back to itself matches nothing, instead of asking for ever. */
const without = (nameOrArn: string, context: FilterContext): FilterContext => ({
  groupFilter: (other) => (other === nameOrArn ? undefined : context.groupFilter?.(other)),
});
