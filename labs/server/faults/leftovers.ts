import type { Primitive } from '@xray-lab/sample-app/faults';
import type { ProgressStore } from '../progress/store.ts';

/**
 * What faults have done to processes, tables and rules and have not undone yet, on disk. A lab process that is killed
 * can't clean up; the next one reads here what there is to undo. Faults are not remembered, only primitives, which don't
 * tell a fault's name.
 */
export interface Leftovers {
  read(): { primitives: readonly Primitive[]; at: number } | undefined;
  /**
   * @param primitives What is wanted now.
   * @param settled That is in force, and nothing else.
   */
  keep(primitives: readonly Primitive[], settled: boolean): void;
}

const SETTING = 'in-force';

export function storedLeftovers(store: Pick<ProgressStore, 'get' | 'put'>, now: () => number): Leftovers {
  const stored = () => store.get('setting', SETTING) as ReturnType<Leftovers['read']>;
  // Written only when it is another one: it is compared twice a second.
  let text = JSON.stringify(stored()?.primitives ?? []);

  return {
    read: stored,
    keep(primitives, settled) {
      const before = settled ? [] : (JSON.parse(text) as Primitive[]);
      const unlike = before.filter(
        (one) => !primitives.some((two) => JSON.stringify(one) === JSON.stringify(two)),
      );
      const all = [...unlike, ...primitives];
      const next = JSON.stringify(all);
      if (next === text) return;
      store.put('setting', SETTING, { primitives: all, at: now() });
      // Afterwards: what could not be written is tried again.
      text = next;
    },
  };
}
