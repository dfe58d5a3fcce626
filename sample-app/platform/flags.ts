const on = new Set<string>();

/**
 * Switches that change how a service works while it runs, as deployments flip them. Off unless somebody flipped
 * them; `FLAGS=name,name` switches some on at the start.
 */
export function flag(name: string): boolean {
  return on.has(name) || fromStart.has(name);
}

/** Makes these the flags that are on, besides those of the start. */
export function setFlags(names: readonly string[]): void {
  on.clear();
  for (const name of names) on.add(name);
}

const fromStart = new Set((process.env.FLAGS ?? '').split(',').filter(Boolean));
