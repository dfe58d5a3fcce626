import { parsed } from '../../frame/stored.ts';

/** The list a trace was opened from, so that `j` and `k` walk it on the trace page. Kept for this tab only. */
const key = 'xray-lab.trace-list';

interface Kept {
  ids: string[];
  href: string;
}

const isKept = (value: unknown): value is Kept => {
  const { ids, href } = Object(value) as Partial<Kept>;
  return Array.isArray(ids) && typeof href === 'string';
};

/** Remembers the ids in the order they were shown, and where the list is. A browser that keeps nothing is no trouble. */
export function rememberList(ids: readonly string[], href: string): void {
  try {
    sessionStorage.setItem(key, JSON.stringify({ ids, href }));
  } catch {
    sessionStorage.removeItem(key);
  }
}

/** Neighbours of a trace in the list it was opened from, and that list's address. */
export function neighbours(id: string): { previous?: string; next?: string; href?: string; place?: string } {
  const kept = parsed(sessionStorage.getItem(key));
  if (!isKept(kept)) return {};
  const at = kept.ids.indexOf(id);
  if (at < 0) return { href: kept.href };
  const previous = kept.ids[at - 1];
  const next = kept.ids[at + 1];
  return {
    ...(previous ? { previous } : {}),
    ...(next ? { next } : {}),
    href: kept.href,
    place: `${(at + 1).toLocaleString('en')} of ${kept.ids.length.toLocaleString('en')}`,
  };
}
