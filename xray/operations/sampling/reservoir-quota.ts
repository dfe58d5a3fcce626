/**
 * Shares a rule's reservoir among the clients that use it. AWS has not published how; its console says that the
 * service spreads the reservoir over the instances that report. Ours: equal shares, the remainder to those who came
 * first, so the shares always add up to the reservoir.
 */
export const quotaTiming = {
  /** A client that has been silent for this long no longer takes part, seconds. SDKs report every 10. */
  activeSeconds: 30,
  /** How long a quota holds: five minutes in AWS's own example. */
  quotaSeconds: 300,
  /** When the next report is wanted, seconds. */
  intervalSeconds: 10,
} as const;

/**
 * Requests per second that are one client's equal share.
 * @param clients ids of the active clients in order of arrival; `client` is one of them
 */
export function reservoirQuota(reservoirSize: number, clients: readonly string[], client: string): number {
  const share = Math.floor(reservoirSize / clients.length);
  const remainder = reservoirSize % clients.length;
  return share + (clients.indexOf(client) < remainder ? 1 : 0);
}

/**
 * Requests per second that one client may sample now: its share, or less while others still hold more than theirs.
 * They hear of a newcomer with their own next report; until then it waits, so that the quotas of the active clients
 * never add up to more than the reservoir.
 * @param held what the other active clients hold, together
 */
export const grantedQuota = (
  reservoirSize: number,
  clients: readonly string[],
  client: string,
  held: number,
): number => Math.max(0, Math.min(reservoirQuota(reservoirSize, clients, client), reservoirSize - held));
