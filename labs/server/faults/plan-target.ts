import { createHash } from 'node:crypto';
import type { Primitive } from '@xray-lab/sample-app/faults';
import { requestJson, whyNoAnswer } from '../request.ts';

/** A primitive that a service applies itself; the others are applied through an AWS API. */
export type ServicePrimitive = Extract<Primitive, { service: string }>;

/** One service and the plan it should run. */
export interface PlanTarget {
  name: string;
  /** Makes these the primitives to run. Takes effect with the next `reconcile`. */
  want(primitives: readonly ServicePrimitive[]): void;
  /** Compares the service with the plan and repairs the difference. Never throws. */
  reconcile(): Promise<void>;
  /** Why the service does not run the plan yet; undefined when it does. */
  reason(): string | undefined;
}

/**
 * Keeps one service's plan as wanted, also after the service has restarted (which empties its plan).
 *
 * @param url The service's address, e.g. `http://127.0.0.1:8083`.
 */
export function createPlanTarget(name: string, url: string): PlanTarget {
  let wanted: readonly ServicePrimitive[] = [];
  // The revision the service runs, when this process has seen it; a new lab process starts by emptying each plan.
  let seen: number | undefined;
  let reason: string | undefined = `${name} has not been asked yet.`;
  let running: Promise<void> = Promise.resolve();

  async function put(revision: number): Promise<void> {
    const { status, body } = await requestJson('PUT', `${url}/_plan`, {
      body: { revision, primitives: wanted },
    });
    if (status >= 300) throw new Error(`${name} refused the plan: ${messageOf(body)}`);
    seen = revision;
    reason = undefined;
  }

  async function compare(): Promise<void> {
    const revision = revisionOf(wanted);
    // A restart leaves a service with an empty plan, so an empty plan that arrived once needs no watching.
    if (seen === revision && wanted.length === 0) return;
    if (seen === revision) {
      const { body } = await requestJson('GET', `${url}/_plan`);
      if ((body as { revision?: unknown } | undefined)?.revision === revision) {
        reason = undefined;
        return;
      }
    }
    await put(revision);
  }

  return {
    name,
    want(primitives) {
      wanted = primitives;
    },
    reconcile() {
      running = running.then(() =>
        compare().catch((error: unknown) => {
          reason =
            error instanceof Error && error.message.startsWith(name)
              ? error.message
              : `${name} does not answer on ${url} (${whyNoAnswer(error)}).`;
        }),
      );
      return running;
    },
    reason: () => (seen === revisionOf(wanted) ? reason : (reason ?? `${name} has not got its plan yet.`)),
  };
}

/**
 * Same primitives, same revision: a plan is recognised without comparing it member by member. Never 0, which is
 * what a service that has just started says.
 */
const revisionOf = (primitives: readonly ServicePrimitive[]) =>
  1 + (createHash('sha256').update(JSON.stringify(primitives)).digest().readUInt32BE() >>> 1);

const messageOf = (body: unknown) => {
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : JSON.stringify(body);
};
