import { createHash } from 'node:crypto';
import type { Primitive } from '@xray-lab/sample-app/faults';
import type { FaultTarget } from './target.ts';
import { requestJson, whyNoAnswer } from '../request.ts';

/**
 * Keeps one service's plan as wanted, also after the service has restarted (which empties its plan).
 *
 * @param url The service's address, e.g. `http://127.0.0.1:8083`.
 * @param handles The primitives it applies; by default those that name it as their service.
 * @param service What it calls itself: for a replica, the name that all of them share.
 */
export function createPlanTarget(
  name: string,
  url: string,
  handles: FaultTarget['handles'] = namesService(name),
  service = name,
): FaultTarget {
  let wanted: readonly Primitive[] = [];
  // The revision the service runs, when this process has seen it; a new lab process starts by emptying each plan.
  let seen: number | undefined;
  let reason: string | undefined = `${name} has not been asked yet.`;
  let running: Promise<void> = Promise.resolve();

  async function put(revision: number): Promise<void> {
    const { status, body } = await requestJson('PUT', `${url}/_plan`, {
      body: { revision, primitives: wanted.map((one) => ('service' in one ? { ...one, service } : one)) },
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
    handles,
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
const revisionOf = (primitives: readonly Primitive[]) =>
  1 + (createHash('sha256').update(JSON.stringify(primitives)).digest().readUInt32BE() >>> 1);

const namesService =
  (name: string) =>
  (primitive: Primitive): boolean =>
    'service' in primitive && primitive.service === name;

const messageOf = (body: unknown) => {
  const message = (body as { message?: unknown } | undefined)?.message;
  return typeof message === 'string' ? message : JSON.stringify(body);
};
