import type { LabProcess } from '@xray-lab/labs/server/contract';

/** Services that ended and that nobody stopped. The lab process, which comes back by itself, is told by the page's own connection. */
export const crashedAmong = (processes: readonly LabProcess[]): LabProcess[] =>
  processes.filter(({ name, state }) => state === 'crashed' && name !== 'lab');
