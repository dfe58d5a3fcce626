import type { LabProcess } from '../server/contract.ts';

/** For tests: a process as the supervisor tells of it; healthy while it runs. */
export const processView = (name: string, state: LabProcess['state'] = 'running'): LabProcess => ({
  name,
  role: name,
  state,
  healthy: state === 'running',
  address: 'http://127.0.0.1:1',
  restarts: 0,
});
