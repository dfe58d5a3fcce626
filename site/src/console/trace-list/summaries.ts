import type { Status } from '@xray-lab/xray/model';
import { parsed } from '../../frame/stored.ts';
import type { TraceSummary } from '../../lab-api/xray-wire.ts';
import type { SeenValue, SeenValues } from './seen-values.ts';

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
