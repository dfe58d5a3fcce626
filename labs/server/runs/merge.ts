import { applyPatch, createTwoFilesPatch, diffLines, structuredPatch } from 'diff';

/** How many lines were added and removed. */
export interface LineCount {
  added: number;
  removed: number;
}

/** The edit of one file as a unified diff. */
export const patchOf = (file: string, base: string, text: string): string =>
  createTwoFilesPatch(`a/sample-app/${file}`, `b/sample-app/${file}`, base, text, '', '', { context: 3 })
    .split('\n')
    .filter((line) => !/^=+$/.test(line))
    .join('\n');

/** The size of an edit. */
export function countLines(base: string, text: string): LineCount {
  let [added, removed] = [0, 0];
  for (const part of diffLines(base, text)) {
    if (part.added) added += part.count;
    if (part.removed) removed += part.count;
  }
  return { added, removed };
}

/**
 * What was changed between `base` and `text`, made in `present`. Undefined when `present` is another text at those places.
 */
export function madeIn(present: string, base: string, text: string): string | undefined {
  if (present === base || present === text) return text;
  const merged = applyPatch(present, structuredPatch('', '', base, text, '', '', { context: 3 }));
  return merged === false ? undefined : merged;
}

/** Of several texts the one that an edited text was most likely written into: the one it differs from least. */
export function nearestBase(text: string, bases: readonly [string, ...string[]]): string {
  const distance = (base: string) => {
    const { added, removed } = countLines(base, text);
    return added + removed;
  };
  return bases.reduce((best, base) => (distance(base) < distance(best) ? base : best));
}
