/**
 * Decides from a digest whether a trace matches a filter expression, where the digest can tell. The meaning of an
 * expression is `matchesFilter`'s; this is the same question asked of columns, some hundred times as fast.
 */
import { type DigestBlock, none } from '../trace-digest/digest-block.ts';
import { servicesSelectedBy } from '../trace-digest/selected-services.ts';
import { attributeKinds, traceFlags } from '../trace-digest/trace-digest.ts';
import type { AnnotationComparison, FilterExpression } from './expression.ts';
import { type DigestPlace, keywordNamed, type Values } from './grammar.ts';
import { compare, type FilterContext, holdsForOne, isRecorded } from './matcher.ts';
import { pauses, questionsInOneGo, type Steps } from './steps.ts';

/** Undefined: the digest cannot tell, the trace must be asked. */
export type DigestAnswer = boolean | undefined;

interface Test {
  (place: DigestPlace): DigestAnswer;
  /** The same in steps; without it the test is one step. `segments`: how many it may have to look at for a term. */
  inSteps?: (place: DigestPlace, segments: number) => Steps<DigestAnswer>;
  /** How many terms there are in it. One, when it does not say. */
  terms?: number;
}

/** The values of keywords, read for the terms of one expression. */
type Readers = Map<string, Reader>;

/** What the expression speaks of: a whole trace, a segment of a service, or a call. */
type Subject = 'trace' | 'service' | 'edge';

export interface DigestFilter {
  (block: DigestBlock, slot: number): DigestAnswer;
  /** Of an expression and a trace that are long together: the same in steps. Otherwise undefined. */
  inSteps(block: DigestBlock, slot: number): Steps<DigestAnswer> | undefined;
}

/**
 * Makes the test of an expression for traces in blocks. Fastest when traces of one block follow each other.
 * @param inOneGo questions after which there is a pause
 */
export function digestFilter(
  expression: FilterExpression,
  context: FilterContext = {},
  inOneGo = questionsInOneGo,
): DigestFilter {
  const test =
    expression.kind === 'everything'
      ? () => true
      : testOf(expression, 'trace', { ...context, inOneGo, readers: new Map() });
  const { terms = 1 } = test as Test;
  const isOpaque = (block: DigestBlock, slot: number) => (block.traceFlags[slot]! & traceFlags.opaque) !== 0;
  const placeOf = (block: DigestBlock, slot: number): DigestPlace => {
    const root = block.rootOf(slot);
    return { block, slot, entity: root, segment: root };
  };

  let place: DigestPlace | undefined;
  const filter = (block: DigestBlock, slot: number): DigestAnswer => {
    if (expression.kind === 'everything') return true;
    if (isOpaque(block, slot)) return undefined;
    place ??= placeOf(block, slot);
    place.block = block;
    place.slot = slot;
    place.entity = place.segment = block.rootOf(slot);
    return test(place);
  };
  const inSteps = (block: DigestBlock, slot: number): Steps<DigestAnswer> | undefined => {
    if (terms === 1 || isOpaque(block, slot)) return undefined;
    const segments = block.firstView(slot) - block.firstRow(slot);
    if (terms * segments <= inOneGo) return undefined;
    return stepsIn(test, placeOf(block, slot), segments, inOneGo);
  };
  return Object.assign(filter, { inSteps });
}

/** Only what is long itself is asked in steps of its own. */
function* stepsIn(test: Test, place: DigestPlace, segments: number, inOneGo: number): Steps<DigestAnswer> {
  const isLong = test.inSteps !== undefined && (test.terms ?? 1) * segments > inOneGo;
  return isLong ? yield* test.inSteps!(place, segments) : test(place);
}

/** While an expression is made into tests. */
interface Making extends FilterContext {
  readers: Readers;
  inOneGo: number;
}

function testOf(expression: FilterExpression, subject: Subject, context: Making): Test {
  switch (expression.kind) {
    case 'everything':
      return () => true;
    case 'and':
      return quantified(
        expression.terms.map((term) => testOf(term, subject, context)),
        false,
        context,
      );
    case 'or':
      return quantified(
        expression.terms.map((term) => testOf(term, subject, context)),
        true,
        context,
      );
    case 'not':
      return negated(testOf(expression.term, subject, context), context);
    case 'flag':
      return ofKeyword(
        expression.keyword,
        subject,
        context,
        (value) => (value === true) === expression.expected,
      );
    case 'exists':
      return ofKeyword(expression.keyword, subject, context, isRecorded);
    case 'compare':
      return ofKeyword(expression.keyword, subject, context, (value) => holdsForOne(value, expression));
    case 'annotation':
      return annotationTest(expression.key, expression.comparison, subject);
    case 'service':
      return serviceTest(expression, context);
    case 'edge':
      return edgeTest(expression, context);
    case 'group': {
      const test = groupTest(expression.value, subject, context);
      return expression.operator === '=' ? test : negated(test, context);
    }
    case 'rootcause':
      return rootCauseTest(expression.cause);
    case 'rootcause-json':
      return () => undefined;
  }
}

/** The first decisive answer; without one, the other answer, unless one was unknown. */
function quantified(tests: readonly Test[], decisive: boolean, { inOneGo }: Making): Test {
  const quantifying: Test = (place) => {
    let answer: DigestAnswer = !decisive;
    for (const test of tests) {
      const one = test(place);
      if (one === decisive) return decisive;
      if (one === undefined) answer = undefined;
    }
    return answer;
  };
  return Object.assign(quantifying, {
    terms: tests.reduce((sum, { terms = 1 }) => sum + terms, 0),
    *inSteps(place: DigestPlace, segments: number): Steps<DigestAnswer> {
      let answer: DigestAnswer = !decisive;
      const isTime = pauses(inOneGo);
      for (const test of tests) {
        const questions = (test.terms ?? 1) * segments;
        if (isTime(questions)) yield;
        const one = questions > inOneGo ? yield* stepsIn(test, place, segments, inOneGo) : test(place);
        if (one === decisive) return decisive;
        if (one === undefined) answer = undefined;
      }
      return answer;
    },
  });
}

function negated(test: Test, { inOneGo }: Making): Test {
  const not = (answer: DigestAnswer): DigestAnswer => (answer === undefined ? undefined : !answer);
  const negating: Test = (place) => not(test(place));
  return Object.assign(negating, {
    terms: test.terms ?? 1,
    *inSteps(place: DigestPlace, segments: number): Steps<DigestAnswer> {
      return not(yield* stepsIn(test, place, segments, inOneGo));
    },
  });
}

/** Terms that ask for the same keyword from which on its values are remembered. */
const manyTerms = 4;

/**
 * Reads a keyword's value at a place. Where many terms ask for it, each value of a trace is read once: a thousand names in a row
 * ask for the same few.
 */
class Reader {
  readonly #read: (place: DigestPlace) => Values;
  readonly #values = new Map<number, Values>();
  #block: DigestBlock | undefined;
  #slot = -1;
  terms = 0;

  constructor(read: (place: DigestPlace) => Values) {
    this.#read = read;
  }

  valueAt(place: DigestPlace): Values {
    if (this.terms < manyTerms) return this.#read(place);
    if (place.block !== this.#block || place.slot !== this.#slot) {
      this.#values.clear();
      this.#block = place.block;
      this.#slot = place.slot;
    }
    // A view belongs to one segment, so the segment tells both.
    let value = this.#values.get(place.segment);
    if (value === undefined && !this.#values.has(place.segment)) {
      value = this.#read(place);
      this.#values.set(place.segment, value);
    }
    return value;
  }
}

function readerOf(
  name: string,
  subject: Subject,
  { readers }: Making,
  read: (place: DigestPlace) => Values,
): Reader {
  const key = `${subject} ${name}`;
  let reader = readers.get(key);
  if (reader === undefined) readers.set(key, (reader = new Reader(read)));
  reader.terms++;
  return reader;
}

function ofKeyword(name: string, subject: Subject, making: Making, holds: (value: Values) => boolean): Test {
  const keyword = keywordNamed(name);
  const [known, inDigest] =
    subject === 'trace'
      ? [keyword?.ofTrace, keyword?.ofTraceDigest]
      : [keyword?.ofPart, keyword?.ofPartDigest];
  if (inDigest !== undefined) {
    const reader = readerOf(name, subject, making, inDigest);
    return (place) => holds(reader.valueAt(place));
  }
  const ofNothing = holds(undefined);
  return known === undefined ? () => ofNothing : () => undefined;
}

/** In an edge's block, annotations of the caller's subsegment count; a digest knows those of segments. */
function annotationTest(key: string, comparison: AnnotationComparison | undefined, subject: Subject): Test {
  let known: DigestBlock | undefined;
  let keyText = -1;
  return ({ block, slot, segment }) => {
    if (block !== known) {
      known = block;
      keyText = block.indexOfText(key);
    }
    if (keyText < 0) return false;
    const end = block.endOfAttributes(slot);
    for (let i = block.firstAttribute(slot); i < end; i++) {
      if (block.attributeKey[i] !== keyText || block.attributeKind[i] !== attributeKinds.annotation) continue;
      if (subject === 'edge') return undefined;
      if (subject === 'service' && block.attributeRow[i] !== segment) continue;
      if (comparison === undefined) return true;
      if (compare(block.attribute(slot, i), comparison.operator, comparison.value)) return true;
    }
    return false;
  };
}

function serviceTest(
  { selector, block: inner }: Extract<FilterExpression, { kind: 'service' }>,
  context: Making,
): Test {
  const isSelected = servicesSelectedBy(selector);
  const test = inner && testOf(inner, 'service', context);
  const { inOneGo } = context;
  const ofService: Test = (place) => {
    const { block, slot } = place;
    const last = block.firstView(slot);
    let answer: DigestAnswer = false;
    for (let row = block.firstRow(slot); row < last; row++) {
      if (!isSelected(block, block.service[row]!)) continue;
      if (test === undefined) return true;
      const one = at(place, row, row, test);
      if (one === true) return true;
      if (one === undefined) answer = undefined;
    }
    return answer;
  };
  return Object.assign(ofService, {
    terms: test?.terms ?? 1,
    *inSteps(place: DigestPlace): Steps<DigestAnswer> {
      if (test === undefined) return ofService(place);
      const { block, slot } = place;
      let answer: DigestAnswer = false;
      const isTime = pauses(inOneGo);
      for (let row = block.firstRow(slot); row < block.firstView(slot); row++) {
        if (!isSelected(block, block.service[row]!)) continue;
        if (isTime(test.terms ?? 1)) yield;
        const one = yield* stepsIn(test, { block, slot, entity: row, segment: row }, 1, inOneGo);
        if (one === true) return true;
        if (one === undefined) answer = undefined;
      }
      return answer;
    },
  });
}

function edgeTest(
  { from, to, block: inner }: Extract<FilterExpression, { kind: 'edge' }>,
  context: Making,
): Test {
  const isCaller = servicesSelectedBy(from);
  const isCallee = servicesSelectedBy(to);
  const test = inner && testOf(inner, 'edge', context);
  const { inOneGo } = context;
  const ofEdge: Test = (place) => {
    const { block, slot } = place;
    const last = block.firstView(slot);
    let answer: DigestAnswer = false;
    for (let row = block.firstRow(slot); row < last; row++) {
      const caller = block.callerOf(row);
      if (caller === none || !isCallee(block, block.service[row]!)) continue;
      if (!isCaller(block, block.service[caller]!)) continue;
      if (test === undefined) return true;
      const one = at(place, block.view[row]!, row, test);
      if (one === true) return true;
      if (one === undefined) answer = undefined;
    }
    return answer;
  };
  return Object.assign(ofEdge, {
    terms: test?.terms ?? 1,
    *inSteps(place: DigestPlace): Steps<DigestAnswer> {
      if (test === undefined) return ofEdge(place);
      const { block, slot } = place;
      let answer: DigestAnswer = false;
      const isTime = pauses(inOneGo);
      for (let row = block.firstRow(slot); row < block.firstView(slot); row++) {
        const caller = block.callerOf(row);
        if (caller === none || !isCallee(block, block.service[row]!)) continue;
        if (!isCaller(block, block.service[caller]!)) continue;
        if (isTime(test.terms ?? 1)) yield;
        const one = yield* stepsIn(test, { block, slot, entity: block.view[row]!, segment: row }, 1, inOneGo);
        if (one === true) return true;
        if (one === undefined) answer = undefined;
      }
      return answer;
    },
  });
}

/** Asks about a part, and goes back to where it was. */
function at(place: DigestPlace, entity: number, segment: number, test: Test): DigestAnswer {
  const before = place.entity;
  place.entity = entity;
  place.segment = segment;
  const answer = test(place);
  place.entity = place.segment = before;
  return answer;
}

function groupTest(nameOrArn: string, subject: Subject, context: Making): Test {
  const filter = context.groupFilter?.(nameOrArn);
  if (filter === undefined) return () => false;
  // As in `matchesFilter`: a group whose filter leads back to itself matches nothing.
  return testOf(filter, subject, {
    readers: context.readers,
    inOneGo: context.inOneGo,
    groupFilter: (other) => (other === nameOrArn ? undefined : context.groupFilter?.(other)),
  });
}

/** Where nothing failed there is no root cause of a failure; else the trace has to be walked. */
function rootCauseTest(cause: 'fault' | 'error' | 'responsetime'): Test {
  if (cause === 'responsetime') return () => undefined;
  const flag = cause === 'fault' ? traceFlags.anyFault : traceFlags.anyError;
  return ({ block, slot }) => ((block.traceFlags[slot]! & flag) === 0 ? false : undefined);
}
