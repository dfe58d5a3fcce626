import type { Primitive } from './plan/primitives.ts';

/** The on-premises host, which runs when something needs it: its database, its daemon and its service. */
export const onPremises: readonly Primitive[] = ['legacy-database', 'legacy-daemon', 'legacy-pricing'].map(
  (process) => ({ kind: 'started', process, variables: {} }),
);

/** Three processes start, then somebody comes every few seconds. */
export const ON_PREMISES_SECONDS = 10;
