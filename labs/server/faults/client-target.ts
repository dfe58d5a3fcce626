import type { Primitive } from '@xray-lab/sample-app/faults';
import type { FaultTarget } from './target.ts';

export type ClientPrimitive = Extract<Primitive, { kind: 'client' }>;

/**
 * Keeps clients of the shop coming besides the shoppers.
 *
 * @param come Begins to send what one client sends, the first of it at once; returns the function that ends it.
 */
export function createClientTarget(come: (client: ClientPrimitive) => () => void): FaultTarget {
  let wanted = new Map<string, ClientPrimitive>();
  const there = new Map<string, () => void>();

  return {
    // The first to come would find a shop in which nothing has happened yet.
    comesLast: true,
    handles: (primitive) => primitive.kind === 'client',
    want(primitives) {
      wanted = new Map(
        primitives.flatMap((primitive) =>
          primitive.kind === 'client' ? [[JSON.stringify(primitive), primitive] as const] : [],
        ),
      );
      for (const [key, leave] of there) {
        if (wanted.has(key)) continue;
        leave();
        there.delete(key);
      }
    },
    async reconcile() {
      for (const [key, client] of wanted) if (!there.has(key)) there.set(key, come(client));
    },
    reason: () =>
      [...wanted.keys()].every((key) => there.has(key)) ? undefined : 'Its client has not come yet.',
  };
}
