/** The list a trace was opened from, so that `j` and `k` walk it on the trace page. Kept for this tab only. */
const key = 'xray-lab.trace-list';

/** Remembers the ids in the order they were shown, and where the list is. */
export function rememberList(ids: readonly string[], href: string): void {
  sessionStorage.setItem(key, JSON.stringify({ ids, href }));
}

/** Neighbours of a trace in the list it was opened from, and that list's address. */
export function neighbours(id: string): { previous?: string; next?: string; href?: string; place?: string } {
  const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as { ids: string[]; href: string } | null;
  const at = kept?.ids.indexOf(id) ?? -1;
  if (!kept || at < 0) return kept ? { href: kept.href } : {};
  const previous = kept.ids[at - 1];
  const next = kept.ids[at + 1];
  return {
    ...(previous ? { previous } : {}),
    ...(next ? { next } : {}),
    href: kept.href,
    place: `${at + 1} of ${kept.ids.length}`,
  };
}
