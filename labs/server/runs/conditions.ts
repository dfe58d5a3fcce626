import { isDeepStrictEqual } from 'node:util';
import type { RunConditions } from '../contract.ts';
import type { RunningFault } from '../faults/engine.ts';

/** What a run wants of the shop, and what there is. */
export interface Circumstances {
  lab: string;
  /** The lab's own faults, with every parameter. */
  wanted: readonly { id: string; parameters: Record<string, unknown> }[];
  /** Everything that is on. */
  running: readonly RunningFault[];
  /** Requests carry the mark of this run. */
  isActive: boolean;
  /** Title of the lab whose mark they carry instead. */
  otherLab?: string | undefined;
  /** The lab process has just started and has not switched the run's faults on yet. */
  isReturning: boolean;
}

/**
 * Whether the shop is as the run wants it. `since` is when the last of its faults came on, epoch seconds, 0 without faults:
 * only what began later can be judged.
 *
 * A fault of the lab that was switched off and then on again by hand, with the lab's own parameters, is as good as the hidden
 * one. While the hidden one is on, any visible fault is told, the same one too: who tries them all must not see which it is.
 */
export function conditionsOf(circumstances: Circumstances): RunConditions & { since: number } {
  const { lab, wanted, running, isActive, otherLab, isReturning } = circumstances;
  // What a page's button does.
  const remedy = `npm run lab -- fault on --lab ${lab}`;
  const hiddenFirst = running.toSorted((a, b) => Number(b.hidden) - Number(a.hidden));
  const present = wanted.flatMap((one) => hiddenFirst.find((fault) => isSame(fault, one)) ?? []);
  const since = Math.max(0, ...present.map((fault) => fault.since));
  const others = running.filter((fault) => !present.includes(fault));
  const many = wanted.length > 1;
  const it = many ? 'faults' : 'fault';

  if (!isActive) {
    const which = otherLab === undefined ? 'Another lab' : `The lab “${otherLab}”`;
    return {
      state: 'elsewhere',
      since,
      says: `${which} was started after this one, so the shop’s requests do not count here.`,
      offer: 'Go on with this lab',
      remedy,
    };
  }
  if (others.some(({ hidden }) => hidden)) {
    return {
      state: 'borrowed',
      since,
      says: 'A live quiz question is using the shop. It gives it back when its traces are there.',
    };
  }
  if (present.length < wanted.length) {
    if (isReturning) {
      return {
        state: 'returning',
        since,
        says: `The lab process has just started again. The lab’s own ${it} ${many ? 'come' : 'comes'} back within half a minute.`,
      };
    }
    return {
      state: 'off',
      since,
      says: `The lab’s own ${it} ${many ? 'are' : 'is'} off: switched off from outside, or out of time. Without ${many ? 'them' : 'it'} no work on the shop can be judged.`,
      offer: many ? 'Switch them on again' : 'Switch it on again',
      remedy,
    };
  }
  if (wanted.length > 0 && others.length > 0) {
    const names = others.map(({ id }) => id).join(', ');
    return {
      state: 'others',
      since,
      says: `Besides the lab’s own ${it} ${names} ${others.length > 1 ? 'are' : 'is'} on, so nobody can say what your work did.`,
      offer: `Leave only the lab’s own on`,
      remedy,
    };
  }
  return { state: 'as-wanted', since };
}

const isSame = (fault: RunningFault, wanted: Circumstances['wanted'][number]): boolean =>
  fault.id === wanted.id && fault.whole && isDeepStrictEqual(fault.parameters, wanted.parameters);
