/** Decides whether a trace matches a filter expression. */
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
      return matchesService(expression.selector, expression.block, factsOf(subject), context);
    case 'edge':
      return matchesEdge(expression, factsOf(subject), context);
    case 'group':
      return matchesGroup(expression.value, subject, context) === (expression.operator === '=');
    case 'rootcause':
      return matchesRootCause(expression, factsOf(subject), context);
    case 'rootcause-json':
      return hasRootCauses(factsOf(subject), expression.pattern);
  }
}

const factsOf = (subject: Subject): TraceFacts => ('part' in subject ? subject.part.facts : subject.facts);

function valueOf(keyword: string, subject: Subject): Values {
  const row = keywordNamed(keyword);
  if ('part' in subject) return row?.ofPart?.(subject.part);
  return 'link' in subject ? row?.ofLink?.(subject.link) : row?.ofTrace?.(subject.facts);
}

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

/** One segment of the service must satisfy the whole block. */
function matchesService(
  selector: ServiceSelector,
  block: FilterExpression | undefined,
  facts: TraceFacts,
  context: FilterContext,
): boolean {
  return facts.trace.segments.some(
    (segment) =>
      isSelected(segment, selector) &&
      (block === undefined || matches(block, { part: { entity: segment, segment, facts } }, context)),
  );
}

/** One call must satisfy the whole block, seen from its caller. */
function matchesEdge(
  { from, to, block }: Extract<FilterExpression, { kind: 'edge' }>,
  facts: TraceFacts,
  context: FilterContext,
): boolean {
  return facts.calls.some(
    (call) =>
      isSelected(call.caller, from) &&
      isSelected(call.callee, to) &&
      (block === undefined || matches(block, { part: partOf(call, facts) }, context)),
  );
}

/** One service, entity or exception of one root cause must satisfy the whole block. */
const matchesRootCause = (
  { cause, part, block }: Extract<FilterExpression, { kind: 'rootcause' }>,
  facts: TraceFacts,
  context: FilterContext,
): boolean => rootCauseLinks(facts, cause, part).some((link) => matches(block, { link, facts }, context));

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
  // A group whose filter leads back to itself matches nothing, instead of asking for ever.
  const withoutThisGroup: FilterContext = {
    groupFilter: (other) => (other === nameOrArn ? undefined : context.groupFilter?.(other)),
  };
  return matches(filter, subject, withoutThisGroup);
}
