import { AsyncLocalStorage } from 'node:async_hooks';

const times = new AsyncLocalStorage<ReadonlyMap<string, number>>();

/**
 * How many milliseconds a piece of work may spend on a better result in the request in progress, as deployments tune it.
 * Nothing, unless somebody did.
 */
export const computingTime = (work: string): number => times.getStore()?.get(work) ?? 0;

/** Goes on with a request in which a piece of work may spend so many milliseconds. */
export function withComputingTime(work: string, milliseconds: number, goOn: () => void): void {
  times.run(new Map(times.getStore()).set(work, milliseconds), goOn);
}
