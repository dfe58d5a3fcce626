import type { Primitive } from './plan/primitives.ts';

/** The on-premises host, which runs when something needs it: its database, its daemon and its service. */
export const onPremises: readonly Primitive[] = ['legacy-database', 'legacy-daemon', 'legacy-pricing'].map(
  (process) => ({ kind: 'started', process, variables: {} }),
);

/** Three processes start, and the first time ever the database is made and filled, on a machine that does other things too. */
export const ON_PREMISES_SECONDS = 30;
