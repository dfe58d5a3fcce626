import type { Primitive } from '@xray-lab/sample-app/faults';
import type { Processes } from '../processes.ts';
import type { SlowLink } from './slow-link.ts';
import type { FaultTarget } from './target.ts';

type ProcessPrimitive = Extract<Primitive, { process: string }>;

/** What the supervisor is to make of a process. */
interface Wanted {
  runs: boolean;
  variables: Readonly<Record<string, string>>;
  /** Milliseconds that everything waits on its way to X-Ray. */
  linkDelay?: number;
}

/**
 * Keeps one process stopped, started, or deployed with other variables, and gives it its own state back. What a
 * learner does by hand in between (`npm run lab -- start xray-daemon`) has cured the fault: it is seen and said, never
 * undone.
 *
 * @param usually Whether the process runs when nothing is wrong.
 * @param link A way to X-Ray that can be slowed down.
 */
export function createProcessTarget(
  name: string,
  usually: boolean,
  processes: Pick<Processes, 'list' | 'act'>,
  link: SlowLink,
): FaultTarget {
  const asUsual: Wanted = { runs: usually, variables: {} };
  let wanted = asUsual;
  let applied: Wanted = asUsual;
  /** Since when it may be as an earlier lab process left it. */
  let leftAt: number | undefined;
  let reason: string | undefined;
  let running: Promise<void> = Promise.resolve();

  async function compare(): Promise<void> {
    if (leftAt !== undefined) await lookForLeftovers(leftAt);
    if (same(applied, wanted)) {
      if (wanted === asUsual) reason = undefined;
      else await lookForCure();
      return;
    }
    const { runs, linkDelay } = wanted;
    const becomes = wanted;
    reason = `${name} ${runs ? 'is being started' : 'is being stopped'}.`;
    const variables = { ...wanted.variables };
    if (linkDelay !== undefined) {
      link.delay(linkDelay);
      variables['AWS_ENDPOINT_URL_XRAY'] = await link.url();
    } else if (applied.linkDelay !== undefined) {
      // A process that waits for slow answers would take as long to stop.
      link.delay(0);
      link.cut();
    }
    const present = (await processes.list()).find((process) => process.name === name);
    if (!runs) {
      if (present?.state !== 'stopped') await processes.act(name, 'stop');
    } else {
      const isDown = present?.state === 'stopped' || present?.state === 'crashed';
      await processes.act(name, isDown ? 'start' : 'restart', variables);
    }
    applied = becomes;
    reason = undefined;
  }

  /** A process that was started since, by a new supervisor or by hand, is as it should be. */
  async function lookForLeftovers(at: number): Promise<void> {
    const present = (await processes.list()).find((process) => process.name === name);
    if (!present) return;
    leftAt = undefined;
    const isUp = present.state === 'running' || present.state === 'starting';
    if (isUp ? (present.startedAt ?? 0) > at + RESTART_SECONDS : !usually) applied = asUsual;
  }

  async function lookForCure(): Promise<void> {
    const present = (await processes.list()).find((process) => process.name === name);
    if (!present) return;
    const isUp = present.state === 'running' || present.state === 'starting';
    if (isUp === wanted.runs) reason = undefined;
    else reason = `${name} was ${isUp ? 'started' : 'stopped'} by hand.`;
  }

  return {
    handles: (primitive) => 'process' in primitive && primitive.process === name,

    want(primitives) {
      const own = primitives as readonly ProcessPrimitive[];
      const next: Wanted = own.length === 0 ? asUsual : merged(own);
      if (!same(next, wanted)) wanted = next;
    },

    leftBehind(primitives, at) {
      if (primitives.length === 0) return;
      applied = merged(primitives as readonly ProcessPrimitive[]);
      leftAt = at;
    },

    reconcile() {
      running = running.then(() =>
        compare().catch((error: unknown) => {
          reason = error instanceof Error ? error.message : String(error);
        }),
      );
      return running;
    },

    reason: () => reason ?? (same(applied, wanted) ? undefined : `${name} has not been asked yet.`),
  };
}

/** How long after the wish a restart may begin. */
const RESTART_SECONDS = 5;

function merged(primitives: readonly ProcessPrimitive[]): Wanted {
  const slow = primitives.find((primitive) => primitive.kind === 'slow-link');
  const given = primitives.flatMap((one) => ('variables' in one ? Object.entries(one.variables) : []));
  return {
    runs: !primitives.some(({ kind }) => kind === 'stopped'),
    variables: Object.fromEntries(given),
    ...(slow && { linkDelay: slow.milliseconds }),
  };
}

const same = (a: Wanted, b: Wanted) => JSON.stringify(a) === JSON.stringify(b);
