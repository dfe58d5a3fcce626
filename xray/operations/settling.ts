/**
 * Seconds for which a new setting is still on its way (`UPDATING`, `PENDING`). AWS does not say how long it takes
 * there.
 */
const settlingSeconds = 2;

export const isSettling = (changedAt: number, now: number) => now - changedAt < settlingSeconds;
