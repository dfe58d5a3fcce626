import type { ExtraClient } from '../../sample-app/traffic/index.ts';

/** Sent all through a proof where shoppers come too seldom to tell their absence from the fault's doing. */
export const alsoSent: Readonly<Record<string, ExtraClient>> = {
  'rare-route-hardly-sampled': { kind: 'client', sends: 'refund', perSecond: 2, customerId: 'c-906' },
  'refund-never-arrives': { kind: 'client', sends: 'refund', perSecond: 2, customerId: 'c-907' },
};

/** Other parameters than the defaults, with which a mark would be a matter of minutes. */
export const parameters: Readonly<Record<string, object>> = {
  'new-version-fails-sometimes': { faultShare: 1 },
};
