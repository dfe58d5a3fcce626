import type { LabEvents } from '@xray-lab/labs/server/contract';
import { ago, clock } from '../format.ts';

/** Whether what a screen shows can be the present, and if not, why. */
export type Standing = 'live' | 'off' | 'lab-silent' | 'xray-silent' | 'failing';

export interface Line {
  /** The reader wants news. */
  wanted: boolean;
  /** The lab's event stream is heard. */
  connected: boolean;
  /** What the lab said last of the X-Ray API. */
  pulse: LabEvents['xray'] | undefined;
  /** Why the last load of this screen failed. */
  trouble: { status: number; message: string; remedy?: string | undefined } | undefined;
}

/** What is wrong outranks what was chosen: a page without news says so also to who switched them off. */
export function standingOf({ wanted, connected, pulse, trouble }: Line): Standing {
  if (!connected || trouble?.status === 0) return 'lab-silent';
  if (pulse?.answers === false) return 'xray-silent';
  if (trouble) return 'failing';
  return wanted ? 'live' : 'off';
}

export interface Words {
  message: string;
  remedy: string | undefined;
}

/** What the notice says; undefined where nothing is wrong. */
export function wordsFor(line: Line): Words | undefined {
  switch (standingOf(line)) {
    case 'lab-silent':
      return { message: 'The lab does not answer', remedy: 'Start it with `npm start`.' };
    case 'xray-silent':
      return {
        message: line.pulse?.reason ?? 'The X-Ray API does not answer.',
        remedy: 'Run `npm run lab -- start xray-api`.',
      };
    case 'failing':
      return line.trouble && { message: line.trouble.message, remedy: line.trouble.remedy };
    default:
      return undefined;
  }
}

/** Beside the switch: what it cannot do at the moment. */
export const besideLive: Record<Standing, string> = {
  live: '',
  off: '',
  'lab-silent': 'no connection',
  'xray-silent': 'no X-Ray',
  failing: 'no data',
};

/** How old the data is: `Data of 14:02:11, 25 s ago`. Both times are epoch seconds. */
export const ageOf = (asOf: number | undefined, now: number): string | undefined =>
  asOf === undefined ? undefined : `Data of ${clock(asOf)}, ${ago(asOf, now)}`;

/**
 * How many documents are known to be refused, at the least: the X-Ray API counts those that reached it, daemons also the
 * datagrams that never do, but an hour long and a minute late.
 */
export const refusedIn = (pulse: LabEvents['xray'] | undefined): number =>
  pulse ? Math.max(pulse.refused, pulse.rejected) : 0;
