import type { Status } from '@xray-lab/xray/model';
import { parsed } from '../../frame/stored.ts';
import type { AnnotationEntry, TraceSummary } from '../../lab-api/xray-wire.ts';

/** A summary's status: worst first. `HasThrottle` looks at any segment, the other two at the entry point. */
export function statusOfSummary({ HasFault, HasThrottle, HasError, IsPartial }: TraceSummary): Status {
  if (HasFault) return 'fault';
  if (HasThrottle) return 'throttle';
  if (HasError) return 'error';
  return IsPartial ? 'pending' : 'ok';
}

/** When a trace started, epoch seconds; the id carries it to the second. */
export const startOf = ({ StartTime, Id }: TraceSummary): number =>
  StartTime ?? Number.parseInt(Id.slice(2, 10), 16);

export type Column = 'when' | 'status' | 'code' | 'response' | 'duration' | 'method' | 'url' | 'user';

export interface Sort {
  column: Column;
  descending: boolean;
}

const sortKeys: Record<Column, (summary: TraceSummary) => number | string> = {
  when: startOf,
  status: (summary) => ['ok', 'pending', 'error', 'throttle', 'fault'].indexOf(statusOfSummary(summary)),
  code: (summary) => summary.Http?.HttpStatus ?? 0,
  response: (summary) => summary.ResponseTime ?? -1,
  duration: (summary) => summary.Duration ?? -1,
  method: (summary) => summary.Http?.HttpMethod ?? '',
  url: (summary) => summary.Http?.HttpURL ?? '',
  user: (summary) => summary.Users?.[0]?.UserName ?? '',
};

/** A sorted copy; equal rows keep newest first. */
export function sorted(summaries: readonly TraceSummary[], { column, descending }: Sort): TraceSummary[] {
  const key = sortKeys[column];
  const direction = descending ? -1 : 1;
  return [...summaries].sort((a, b) => {
    const [left, right] = [key(a), key(b)];
    const order = typeof left === 'string' ? left.localeCompare(String(right)) : left - Number(right);
    return order * direction || startOf(b) - startOf(a);
  });
}

/** A value seen in the loaded traces, with the number of traces that carry it. */
export interface SeenValue {
  text: string;
  count: number;
}

/** What the filter bar can offer from the traces on screen. Text values come quoted, ready to insert. */
export interface SeenValues {
  services: SeenValue[];
  annotationKeys: SeenValue[];
  annotations: ReadonlyMap<string, SeenValue[]>;
  urls: SeenValue[];
  methods: SeenValue[];
  codes: SeenValue[];
  users: SeenValue[];
}

export function seenIn(summaries: readonly TraceSummary[]): SeenValues {
  const annotations = new Map<string, SeenValue[]>();
  const keys = new Set(summaries.flatMap(({ Annotations }) => Object.keys(Annotations ?? {})));
  for (const key of keys) {
    annotations.set(
      key,
      counted(summaries, (one) => annotationsOf(one, key).map(annotationText)),
    );
  }
  return {
    services: counted(summaries, (one) => (one.ServiceIds ?? []).map(({ Name }) => quote(Name))),
    annotationKeys: counted(summaries, (one) => Object.keys(one.Annotations ?? {})),
    annotations,
    urls: counted(summaries, (one) => [quote(one.Http?.HttpURL)]),
    methods: counted(summaries, (one) => [quote(one.Http?.HttpMethod)]),
    codes: counted(summaries, (one) => [one.Http?.HttpStatus?.toString()]),
    users: counted(summaries, (one) => (one.Users ?? []).map(({ UserName }) => quote(UserName))),
  };
}

/** A key such as `constructor` is a member of every object; only what X-Ray wrote counts. */
const annotationsOf = ({ Annotations = {} }: TraceSummary, key: string): AnnotationEntry[] =>
  (Object.hasOwn(Annotations, key) && Annotations[key]) || [];

const quote = (text: string | undefined) => (text === undefined ? undefined : JSON.stringify(text));

/** As a filter writes it: text in quotes, numbers and booleans without. */
function annotationText({ AnnotationValue }: AnnotationEntry): string | undefined {
  const { StringValue, NumberValue, BooleanValue } = AnnotationValue ?? {};
  return StringValue === undefined ? (NumberValue ?? BooleanValue)?.toString() : quote(StringValue);
}

function counted(
  summaries: readonly TraceSummary[],
  valuesOf: (summary: TraceSummary) => (string | undefined)[],
): SeenValue[] {
  const counts = new Map<string, number>();
  for (const summary of summaries) {
    for (const value of new Set(valuesOf(summary))) {
      if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
}

/**
 * The values that fit at the caret, and where the text they replace begins. Undefined when a value is not what
 * is expected there.
 */
export function valuesAt(
  before: string,
  seen: SeenValues,
): { from: number; values: SeenValue[] } | undefined {
  const offer = (pattern: RegExp, pick: (match: RegExpExecArray) => SeenValue[] | undefined) => {
    const match = pattern.exec(before);
    const values = match && pick(match);
    return match && values?.length
      ? { from: before.length - (match.at(-1)?.length ?? 0), values }
      : undefined;
  };
  const operator = '\\s*(?:=|!=|<=?|>=?|\\b(?:contains|beginswith|endswith)\\b)\\s*';
  const text = '("(?:[^"\\\\]|\\\\.)*)?$';
  const compared = (keyword: string) => new RegExp(`${keyword}${operator}${text}`, 'i');
  return (
    offer(new RegExp(`\\b(?:service|edge)\\(\\s*(?:"[^"]*"\\s*,\\s*)?${text}`, 'i'), () => seen.services) ??
    offer(/\bid\([^)]*name:\s*("(?:[^"\\]|\\.)*)?$/i, () => seen.services) ??
    offer(/\bannotation\.([\w.-]*)$/i, () => seen.annotationKeys) ??
    offer(new RegExp(`\\bannotation\\.([\\w.-]+)${operator}("(?:[^"\\\\]|\\\\.)*|[\\w.]*)?$`, 'i'), (match) =>
      seen.annotations.get(match[1] ?? ''),
    ) ??
    offer(compared('\\bhttp\\.url'), () => seen.urls) ??
    offer(compared('\\bhttp\\.method'), () => seen.methods) ??
    offer(new RegExp(`\\bhttp\\.status${operator}(\\d*)$`, 'i'), () => seen.codes) ??
    offer(compared('\\buser'), () => seen.users)
  );
}

/** Expressions that may find what an empty result was looking for: X-Ray's flags look at the entry point only. */
export function alternatives(filter: string): { filter: string; flag: string }[] {
  const outside = filter.replace(/\{[^}]*\}/g, '');
  const flag = /(?<![!\w."])\b(fault|error|throttle)\b(?!\s*[.=])/i.exec(outside)?.[1]?.toLowerCase();
  return flag ? [{ filter: `service() { ${flag} }`, flag }] : [];
}

/** What to type, for a bar that is empty. */
export const examples: readonly { text: string; meaning: string }[] = [
  { text: 'fault', meaning: 'the entry point answered 5xx' },
  { text: 'service() { fault }', meaning: 'any service had a fault, also a handled one' },
  { text: 'responsetime > 2', meaning: 'answered in more than two seconds' },
  {
    text: 'service("payment") { fault } AND http.url CONTAINS "/checkout"',
    meaning: 'a fault in one service, behind one URL',
  },
  { text: 'annotation.customerId = "you"', meaning: 'your own requests' },
];

const historyKey = 'xray-lab.queries';

/** The last 20 expressions, newest first. */
export function recentQueries(storage: Pick<Storage, 'getItem'>): string[] {
  const kept = parsed(storage.getItem(historyKey));
  return Array.isArray(kept) ? kept.filter((one) => typeof one === 'string') : [];
}

export function rememberQuery(storage: Pick<Storage, 'getItem' | 'setItem'>, query: string): void {
  if (!query.trim()) return;
  const kept = recentQueries(storage).filter((one) => one !== query);
  storage.setItem(historyKey, JSON.stringify([query, ...kept].slice(0, 20)));
}
