import type { Primitive } from '@xray-lab/sample-app/faults';
import type { FaultTarget } from './target.ts';

export type ClientPrimitive = Extract<Primitive, { kind: 'client' }>;

/**
 * Keeps clients of the shop coming besides the shoppers.
 *
 * @param come Begins to send what one client sends; returns the function that ends it.
 */
export function createClientTarget(come: (client: ClientPrimitive) => () => void): FaultTarget {
  const there = new Map<string, () => void>();

  return {
    handles: (primitive) => primitive.kind === 'client',
    want(primitives) {
      const wanted = new Map(
        primitives.flatMap((primitive) =>
          primitive.kind === 'client' ? [[JSON.stringify(primitive), primitive] as const] : [],
        ),
      );
      for (const [key, leave] of there) {
        if (wanted.has(key)) continue;
        leave();
        there.delete(key);
      }
      for (const [key, client] of wanted) if (!there.has(key)) there.set(key, come(client));
    },
    reconcile: () => Promise.resolve(),
    reason: () => undefined,
  };
}
