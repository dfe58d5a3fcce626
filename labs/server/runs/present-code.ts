import { setTimeout as sleep } from 'node:timers/promises';
import type { Processes } from '../processes.ts';

const LOOK_EVERY_MILLISECONDS = 100;
/** A process that drains first takes up to five seconds to stop, and some to start on a busy machine. */
const PATIENCE_MILLISECONDS = 20_000;

/**
 * Restarts every process that runs older code than the shop's files hold, and waits until none does and those run: what is
 * asked of the shop from then on is answered by the code that is on disk. The supervisor restarts on save by itself, a
 * moment later, which would be too late here.
 *
 * A process that crashes with the present code, or does not get ready within 20 seconds, is not waited for: its state says so.
 *
 * @returns The processes that were restarted.
 */
export async function runPresentCode({ list, act }: Pick<Processes, 'list' | 'act'>): Promise<string[]> {
  const restarted = new Set<string>();
  const patienceEnds = performance.now() + PATIENCE_MILLISECONDS;
  while (performance.now() < patienceEnds) {
    const processes = await list();
    const stale = processes.filter((process) => process.stale !== undefined);
    // One that the supervisor restarts on its own is not stale any more, and not ready yet.
    if (stale.length === 0 && !processes.some(({ state }) => state === 'starting')) break;
    await Promise.all(
      stale.map(({ name }) => {
        restarted.add(name);
        return act(name, 'restart');
      }),
    );
    await sleep(LOOK_EVERY_MILLISECONDS);
  }
  return [...restarted];
}
