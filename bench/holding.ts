import { memoryOf, memoryTaken } from '../scripts/supervisor/memory.ts';

/** What a group of processes holds, bytes. */
export interface Holding {
  processes: number;
  /** What they take from the machine: pages that they share, Node's program above all, count once. */
  taken: number;
  /** The sum of what `ps` shows for each. */
  resident: number;
}

export async function holdingOf(pids: readonly number[]): Promise<Holding> {
  const holding = { processes: pids.length, taken: 0, resident: 0 };
  for (const memory of await Promise.all(pids.map(memoryOf))) {
    if (!memory) continue;
    holding.taken += memoryTaken(memory);
    holding.resident += memory.resident;
  }
  return holding;
}
