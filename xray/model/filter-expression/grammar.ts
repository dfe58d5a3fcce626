/**
 * The vocabulary of filter expressions, in one table. Parser, matcher and suggestions all read it: to teach them a
 * keyword, add a row.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html
 */
import { accountIdOf, arnsOf, availabilityZonesOf, instanceIdsOf } from '../resources.ts';
import { serviceIdOf } from '../service-id.ts';
import { durationOf, flagsOf, isInProgress, isOk } from '../status.ts';
import { type DigestBlock, none } from '../trace-digest/digest-block.ts';
import { attributeKinds, rowFlags, traceFlags } from '../trace-digest/trace-digest.ts';
import type { TraceFacts } from '../trace-facts.ts';
import type { Entity, Segment } from '../vocabulary.ts';
import type { ComparisonOperator } from './expression.ts';
import type { RootCauseLink } from './root-cause-links.ts';

/** Where a keyword may stand: in the open, where it speaks of the whole trace, or inside a block's braces. */
export type Scope =
  'trace' | 'service' | 'edge' | 'rootcause.service' | 'rootcause.entity' | 'rootcause.exception';

export type ValueClass = 'boolean' | 'number' | 'text';

/** What a block speaks of: one segment of a service, or one call as its caller saw it. */
export interface Part {
  /** The segment, or the caller's subsegment. */
  entity: Entity;
  /** The segment of the service, or of the service that was called. */
  segment: Segment;
  facts: TraceFacts;
}

/** The same in a block of digests, by numbers. One object is moved from place to place during a scan. */
export interface DigestPlace {
  block: DigestBlock;
  slot: number;
  /** Row of the root; inside blocks, of the segment or the caller's view. `none` for none. */
  entity: number;
  /** Row of the segment. */
  segment: number;
}

/** Nothing, one value, or several: a comparison holds if it holds for one of them. */
export type Values = undefined | boolean | number | string | readonly string[];

export interface Keyword {
  name: string;
  valueClass: ValueClass;
  scopes: readonly Scope[];
  meaning: string;
  /** Values worth suggesting, as they are written. The first one stands in error messages. */
  examples: readonly string[];
  /** The value in a trace as a whole. */
  ofTrace?: (facts: TraceFacts) => Values;
  /** The value in a segment or a call. */
  ofPart?: (part: Part) => Values;
  /**
   * The same two values read from a digest. A keyword without them is right all the same, only slower: the trace is
   * then asked itself.
   */
  ofTraceDigest?: (place: DigestPlace) => Values;
  ofPartDigest?: (place: DigestPlace) => Values;
  /** The value in a link of a root cause's chain. */
  ofLink?: (link: RootCauseLink) => Values;
}

export const operatorsOf: Record<ValueClass, readonly ComparisonOperator[]> = {
  boolean: ['=', '!='],
  number: ['=', '!=', '<', '<=', '>', '>='],
  text: ['=', '!=', 'CONTAINS', 'BEGINSWITH', 'ENDSWITH'],
};

export const operatorMeanings: Record<ComparisonOperator, string> = {
  '=': 'is',
  '!=': 'is not',
  '<': 'is less than',
  '<=': 'is at most',
  '>': 'is more than',
  '>=': 'is at least',
  CONTAINS: 'has this part',
  BEGINSWITH: 'begins with',
  ENDSWITH: 'ends with',
};

/** Scopes in which the same question can be asked of a whole trace (its root), a segment or a call. */
const anywhere = ['trace', 'service', 'edge'] as const;
const traceAndService = ['trace', 'service'] as const;
const rootCauses = ['rootcause.service', 'rootcause.entity', 'rootcause.exception'] as const;

/**
 * A simple keyword speaks of the root's answer: a fault that the root survived is found with `service() {fault}`.
 * @param inRow the same value in a row of a digest
 */
const onRootAndPart = <Value extends Values>(
  read: (entity: Entity) => Value,
  inRow: (block: DigestBlock, slot: number, row: number) => Value,
) => ({
  ofTrace: ({ trace: { root } }: TraceFacts) => root && read(root),
  ofPart: ({ entity }: Part) => read(entity),
  ofTraceDigest: ({ block, slot, entity }: DigestPlace) =>
    entity === none ? undefined : inRow(block, slot, entity),
  ofPartDigest: ({ block, slot, entity }: DigestPlace) => inRow(block, slot, entity),
});

const onSegments = (read: (segment: Segment) => string[], kind: number) => ({
  ofTrace: ({ trace }: TraceFacts) => trace.segments.flatMap(read),
  ofPart: ({ segment }: Part) => read(segment),
  ofTraceDigest: ({ block, slot }: DigestPlace) => textAttributes(block, slot, [kind]),
  ofPartDigest: ({ block, slot, segment }: DigestPlace) => textAttributes(block, slot, [kind], segment),
});

/** What a digest holds of the given kinds of attribute, in the trace or in one of its segments. */
function textAttributes(
  block: DigestBlock,
  slot: number,
  kinds: readonly number[],
  segment?: number,
): string[] {
  const texts: string[] = [];
  const end = block.endOfAttributes(slot);
  for (let i = block.firstAttribute(slot); i < end; i++) {
    if (!kinds.includes(block.attributeKind[i]!)) continue;
    if (segment === undefined || block.attributeRow[i] === segment) {
      texts.push(String(block.attribute(slot, i)));
    }
  }
  return texts;
}

const hasFlag = (flag: number) => (block: DigestBlock, _slot: number, row: number) =>
  (block.flags[row]! & flag) !== 0;

const finishedDuration = (entity: Entity) => (isInProgress(entity) ? undefined : durationOf(entity));

function durationInRow(block: DigestBlock, slot: number, row: number): number | undefined {
  const duration = block.durationOf(slot, row);
  // An end that is missing is NaN.
  return duration !== duration ? undefined : Math.max(0, duration);
}

const truth = ['true', 'false'];

export const keywords: readonly Keyword[] = [
  {
    name: 'ok',
    valueClass: 'boolean',
    scopes: anywhere,
    meaning: 'answered with 2xx',
    examples: truth,
    ...onRootAndPart(isOk, hasFlag(rowFlags.ok)),
  },
  {
    name: 'error',
    valueClass: 'boolean',
    scopes: anywhere,
    meaning: 'answered with 4xx: the caller was wrong',
    examples: truth,
    ...onRootAndPart((entity) => flagsOf(entity).error, hasFlag(rowFlags.error)),
  },
  {
    name: 'throttle',
    valueClass: 'boolean',
    scopes: anywhere,
    meaning: 'answered with 429: too many requests',
    examples: truth,
    ...onRootAndPart((entity) => flagsOf(entity).throttle, hasFlag(rowFlags.throttle)),
  },
  {
    name: 'fault',
    valueClass: 'boolean',
    scopes: anywhere,
    meaning: 'answered with 5xx: the service failed',
    examples: truth,
    ...onRootAndPart((entity) => flagsOf(entity).fault, hasFlag(rowFlags.fault)),
  },
  {
    name: 'partial',
    valueClass: 'boolean',
    scopes: anywhere,
    meaning: 'not finished yet',
    examples: truth,
    ofTrace: ({ trace }) => trace.isPartial,
    ofPart: ({ entity }) => isInProgress(entity),
    ofTraceDigest: ({ block, slot }) => (block.traceFlags[slot]! & traceFlags.partial) !== 0,
    ofPartDigest: ({ block, slot, entity }) => Number.isNaN(block.endOf(slot, entity)),
  },
  {
    name: 'inferred',
    valueClass: 'boolean',
    scopes: [...anywhere, 'rootcause.service'],
    meaning: 'made by X-Ray from a call, because the callee sent nothing',
    examples: truth,
    ofTrace: ({ trace }) => trace.segments.some(({ inferred }) => inferred === true),
    ofPart: ({ segment }) => segment.inferred === true,
    ofTraceDigest({ block, slot }) {
      for (let row = block.firstRow(slot); row < block.firstView(slot); row++) {
        if (block.flags[row]! & rowFlags.inferred) return true;
      }
      return false;
    },
    ofPartDigest: ({ block, segment }) => (block.flags[segment]! & rowFlags.inferred) !== 0,
    ofLink: ({ isInferred }) => isInferred,
  },
  {
    name: 'root',
    valueClass: 'boolean',
    scopes: ['service', 'rootcause.service'],
    meaning: 'the service by which the request came in',
    examples: truth,
    ofPart: ({ segment, facts }) => segment === facts.trace.root,
    ofPartDigest: ({ block, slot, segment }) => block.rootOf(slot) === segment,
    ofLink: ({ isEntryPoint }) => isEntryPoint,
  },
  {
    name: 'responsetime',
    valueClass: 'number',
    scopes: anywhere,
    meaning: 'seconds until the answer',
    examples: ['1', '5'],
    ...onRootAndPart(finishedDuration, durationInRow),
  },
  {
    name: 'duration',
    valueClass: 'number',
    scopes: anywhere,
    meaning: 'seconds from first start to last end, work after the answer included',
    examples: ['1', '5'],
    ofTrace: ({ trace }) => trace.endTime - trace.startTime,
    ofPart: ({ entity }) => finishedDuration(entity),
    ofTraceDigest: ({ block, slot }) => block.endTime[slot]! - block.startTime[slot]!,
    ofPartDigest: ({ block, slot, entity }) => durationInRow(block, slot, entity),
  },
  {
    name: 'http.status',
    valueClass: 'number',
    scopes: anywhere,
    meaning: 'status code of the answer',
    examples: ['500', '200', '404', '429'],
    ...onRootAndPart(
      ({ http }) => http?.response?.status,
      (block, _slot, row) => block.statusOf(row),
    ),
  },
  {
    name: 'http.url',
    valueClass: 'text',
    scopes: anywhere,
    meaning: 'URL of the request',
    examples: ['"/checkout"'],
    ...onRootAndPart(
      ({ http }) => http?.request?.url,
      (block, slot, row) => block.httpText(slot, row, 0),
    ),
  },
  {
    name: 'http.method',
    valueClass: 'text',
    scopes: anywhere,
    meaning: 'method of the request',
    examples: ['"GET"', '"POST"'],
    ...onRootAndPart(
      ({ http }) => http?.request?.method,
      (block, slot, row) => block.httpText(slot, row, 1),
    ),
  },
  {
    name: 'http.useragent',
    valueClass: 'text',
    scopes: anywhere,
    meaning: 'user agent of the request',
    examples: ['"curl"'],
    ...onRootAndPart(
      ({ http }) => http?.request?.user_agent,
      (block, slot, row) => block.httpText(slot, row, 2),
    ),
  },
  {
    name: 'http.clientip',
    valueClass: 'text',
    scopes: anywhere,
    meaning: 'address the request came from',
    examples: ['"203.0.113.7"'],
    ...onRootAndPart(
      ({ http }) => http?.request?.client_ip,
      (block, slot, row) => block.httpText(slot, row, 3),
    ),
  },
  {
    name: 'user',
    valueClass: 'text',
    scopes: traceAndService,
    meaning: 'user recorded on a segment',
    examples: ['"alice"'],
    ofTrace: ({ users }) => users.map(({ value }) => value),
    ofPart: ({ entity }) => entity.user || undefined,
    ofTraceDigest: ({ block, slot }) =>
      textAttributes(block, slot, [attributeKinds.user, attributeKinds.innerUser]),
    ofPartDigest: ({ block, slot, segment }) =>
      textAttributes(block, slot, [attributeKinds.user], segment)[0],
  },
  {
    name: 'availabilityzone',
    valueClass: 'text',
    scopes: traceAndService,
    meaning: 'availability zone a segment ran in',
    examples: ['"us-east-1a"'],
    ...onSegments(availabilityZonesOf, attributeKinds.availabilityZone),
  },
  {
    name: 'instance.id',
    valueClass: 'text',
    scopes: traceAndService,
    meaning: 'EC2 instance a segment ran on',
    examples: ['"i-0b5a4678fc325bg98"'],
    ...onSegments(instanceIdsOf, attributeKinds.instanceId),
  },
  {
    name: 'resource.arn',
    valueClass: 'text',
    scopes: traceAndService,
    meaning: 'ARN of a resource a segment names',
    examples: ['"function:orders"'],
    ...onSegments(arnsOf, attributeKinds.arn),
  },
  {
    name: 'name',
    valueClass: 'text',
    scopes: ['service', ...rootCauses],
    meaning: 'name of the service, entity or exception',
    examples: ['"orders"'],
    ofPart: ({ segment }) => serviceIdOf(segment).Name,
    ofPartDigest: ({ block, segment }) => block.serviceId(block.service[segment]!).Name,
    ofLink: ({ name }) => name,
  },
  {
    name: 'type',
    valueClass: 'text',
    scopes: ['service', 'rootcause.service'],
    meaning: 'type of the service',
    examples: ['"AWS::DynamoDB::Table"'],
    ofPart: ({ segment }) => serviceIdOf(segment).Type,
    ofPartDigest: ({ block, segment }) => block.serviceId(block.service[segment]!).Type,
    ofLink: ({ type }) => type,
  },
  {
    name: 'account.id',
    valueClass: 'text',
    scopes: ['service', 'rootcause.service'],
    meaning: 'account the service ran in',
    examples: ['"123456789012"'],
    ofPart: ({ segment }) => accountIdOf(segment),
    ofPartDigest: ({ block, segment }) => block.accountOf(block.service[segment]!),
    ofLink: ({ accountId }) => accountId,
  },
  // Those below speak of root causes only.
  {
    name: 'first',
    valueClass: 'boolean',
    scopes: rootCauses,
    meaning: 'first in the chain of the root cause',
    examples: truth,
    ofLink: ({ index }) => index === 0,
  },
  {
    name: 'last',
    valueClass: 'boolean',
    scopes: rootCauses,
    meaning: 'last in the chain of the root cause',
    examples: truth,
    ofLink: ({ isLast }) => isLast,
  },
  {
    name: 'index',
    valueClass: 'number',
    scopes: rootCauses,
    meaning: 'place in the chain of the root cause, from 0',
    examples: ['0'],
    ofLink: ({ index }) => index,
  },
  {
    name: 'remote',
    valueClass: 'boolean',
    scopes: ['rootcause.entity'],
    meaning: 'the entity is a call to another service',
    examples: truth,
    ofLink: ({ isRemote }) => isRemote,
  },
  {
    name: 'coverage',
    valueClass: 'number',
    scopes: ['rootcause.entity'],
    meaning: 'share of the response time that the entity took, 0 to 1',
    examples: ['0.8'],
    ofLink: ({ coverage }) => coverage,
  },
  {
    name: 'message',
    valueClass: 'text',
    scopes: ['rootcause.exception'],
    meaning: 'message of the exception',
    examples: ['"timeout"'],
    ofLink: ({ message }) => message,
  },
];

/** Forms that are more than a keyword and a value. `text` is what a suggestion writes. */
export interface Form {
  /** The word that begins it, in lower case; a trailing dot stands for any word that begins so. */
  word: string;
  text: string;
  scopes: readonly Scope[];
  meaning: string;
}

export const forms: readonly Form[] = [
  { word: 'service', text: 'service(', scopes: ['trace'], meaning: 'a service that took part' },
  { word: 'edge', text: 'edge(', scopes: ['trace'], meaning: 'a call from one service to another' },
  { word: 'annotation.', text: 'annotation.', scopes: anywhere, meaning: 'an annotation by its key' },
  {
    word: 'group.name',
    text: 'group.name',
    scopes: ['trace'],
    meaning: 'the filter of a group, by its name',
  },
  { word: 'group.arn', text: 'group.arn', scopes: ['trace'], meaning: 'the filter of a group, by its ARN' },
  { word: 'groupname', text: 'groupname', scopes: ['trace'], meaning: 'older spelling of group.name' },
  ...(['fault', 'error', 'responsetime'] as const).flatMap((cause) =>
    (['service', 'entity', 'exception'] as const)
      // Slowness throws nothing, so its root causes have no exceptions.
      .filter((part) => !(cause === 'responsetime' && part === 'exception'))
      .map((part) => ({
        word: `rootcause.${cause}.${part}`,
        text: `rootcause.${cause}.${part}`,
        scopes: ['trace'] as const,
        meaning: `${part === 'entity' ? 'an' : part === 'exception' ? 'an' : 'a'} ${part} in the root cause of ${cause === 'responsetime' ? 'the response time' : `${cause === 'error' ? 'an' : 'a'} ${cause}`}`,
      })),
  ),
  {
    word: 'rootcause.json',
    text: 'rootcause.json',
    scopes: ['trace'],
    meaning: 'the structure of a root cause',
  },
  { word: 'json', text: 'json', scopes: ['trace'], meaning: 'short for rootcause.json' },
];

const keywordByName = new Map(keywords.map((keyword) => [keyword.name, keyword]));
const formByWord = new Map(forms.map((form) => [form.word, form]));

/** Keywords are read in any case. */
export const keywordNamed = (word: string): Keyword | undefined => keywordByName.get(word.toLowerCase());

export const formNamed = (word: string): Form | undefined => formByWord.get(word.toLowerCase());
