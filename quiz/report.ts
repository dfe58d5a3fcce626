import type { AttemptState } from './engine.ts';
import type { LiveGenerator } from './live/generator.ts';
import { readiness, scaledScore, scoreNote, type Readiness } from './score.ts';
import { objectives, type FactItem } from './types.ts';

export interface Report {
  attempt: string;
  finished: boolean;
  answered: number;
  total: number;
  raw: number;
  /** 100 to 1,000. */
  scaled: number;
  verdict: Readiness;
  note: string;
  /** Weakest first. */
  topics: { c02: string; c03: string; title: string; score: number; total: number }[];
  items: { id: string; stem: string; score: number; href?: string }[];
}

/** What an attempt has come to. Only answered questions count. */
export function report(
  attempt: AttemptState,
  bank: readonly FactItem[],
  generators: readonly LiveGenerator[],
): Report {
  const answered = attempt.items.filter((item) => item.verdict);
  const raw = answered.reduce((sum, item) => sum + (item.verdict?.score ?? 0), 0);
  const kinds = new Map([...bank, ...generators].map((kind) => [kind.id, kind] as const));
  return {
    attempt: attempt.id,
    finished: attempt.at >= attempt.items.length,
    answered: answered.length,
    total: attempt.items.length,
    raw: Number(raw.toFixed(2)),
    scaled: scaledScore(raw, answered.length),
    verdict: readiness(raw, answered.length),
    note: [
      scoreNote,
      ...attempt.dropped.map(({ why }) => `One live question could not be asked: ${why}.`),
    ].join(' '),
    topics: topicsOf(attempt, kinds),
    items: answered.map((item) => {
      const kind = kinds.get(item.id);
      const stem = item.question?.stem ?? (kind && 'stem' in kind ? kind.stem : item.id);
      return {
        id: item.id,
        stem,
        score: item.verdict?.score ?? 0,
        ...(kind?.lab ? { href: `/labs/${kind.lab}/` } : {}),
      };
    }),
  };
}

function topicsOf(
  { items }: AttemptState,
  kinds: ReadonlyMap<string, { c02: string; c03: string }>,
): Report['topics'] {
  const topics = new Map<string, Report['topics'][number]>();
  for (const { id, verdict } of items) {
    const kind = kinds.get(id);
    if (!kind || !verdict) continue;
    const { c02, c03 } = kind;
    const topic = topics.get(c02) ?? { c02, c03, title: objectives[c02] ?? c02, score: 0, total: 0 };
    topics.set(c02, {
      ...topic,
      score: Number((topic.score + verdict.score).toFixed(2)),
      total: topic.total + 1,
    });
  }
  return [...topics.values()].sort((a, b) => a.score / a.total - b.score / b.total);
}
