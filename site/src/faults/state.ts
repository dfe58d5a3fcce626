/** What a fault that is on does at this moment, in words. Times are epoch seconds. */
import type { ActiveFault } from '@xray-lab/labs/server/contract';
import type { Setting } from './parameters.ts';

/** `on, stops in 97 s`; `paused, by turns (about 20 s on, 40 s off), 20 % of the requests`. Or why it is not applied. */
export function stateOf(fault: ActiveFault, now: number): string {
  const { applied, reason, turn, schedule, share, stopsAt } = fault;
  if (!applied) return reason ?? 'being applied';
  return [
    turn === 'off' ? 'paused' : 'on',
    schedule && `by turns (${turnsOf(schedule)})`,
    share !== undefined && `${percent(share)} of the requests`,
    stopsAt !== undefined && `stops in ${duration(Math.floor(stopsAt - now))}`,
  ]
    .filter(Boolean)
    .join(', ');
}

/** Everything it runs with, a line each: its own parameters, and what was asked besides. */
export function runsWith(
  parameters: readonly Setting[],
  { parameters: values, drawn, share, schedule, turn, stopsAt }: ActiveFault,
): { label: string; value: string }[] {
  const own = parameters.map(({ name, label }) => ({
    label,
    value: `${String(values[name] ?? '')}${drawn?.parameters.includes(name) ? `, drawn from seed ${drawn.seed}` : ''}`,
  }));
  const asked = [
    share !== undefined && { label: 'Share of the requests', value: percent(share) },
    schedule && {
      label: 'By turns',
      value: `${turnsOf(schedule)}; seed ${schedule.seed}; ${turn === 'off' ? 'off' : 'on'} at this moment`,
    },
    { label: 'Stops', value: stopsAt === undefined ? 'when you switch it off' : clock(stopsAt) },
  ];
  return [...own, ...asked.filter((line) => typeof line === 'object')];
}

const turnsOf = ({ onSeconds, offSeconds }: { onSeconds: number; offSeconds: number }) =>
  `about ${duration(onSeconds)} on, ${duration(offSeconds)} off`;

/** 0.2 → `20 %`, and never `0 %` for a share that is small. */
const percent = (share: number) => `${(100 * share).toLocaleString('en', { maximumSignificantDigits: 3 })} %`;

/** `97 s`, `12 min`, `5 h 3 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 180) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 180) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
}

const clock = (seconds: number) =>
  `at ${new Date(seconds * 1000).toLocaleTimeString('en', { timeStyle: 'medium', hourCycle: 'h23' })}`;
