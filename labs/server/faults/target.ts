import type { Primitive } from '@xray-lab/sample-app/faults';

/** One thing that faults act on (a service, a table, a process …), kept as the faults that are on want it. */
export interface FaultTarget {
  /** Asked to reconcile only when what the others are wanted for is in force, or some seconds have passed. */
  comesLast?: true;
  /** Whether this primitive is for this target. */
  handles(primitive: Primitive): boolean;
  /** Makes these, all of which it handles, the ones in force from the next `reconcile` on; none: as it was before. */
  want(primitives: readonly Primitive[]): void;
  /** Compares what is with what is wanted, and repairs the difference. Never throws. */
  reconcile(): Promise<void>;
  /**
   * What an earlier lab process, which is gone, made of it and did not undo; asked for once, before the first
   * `reconcile`. Absent where the first round puts everything right without being told.
   *
   * @param at When that was, epoch seconds.
   */
  leftBehind?(primitives: readonly Primitive[], at: number): void;
  /** Why what is wanted is not in force yet; undefined when it is. */
  reason(): string | undefined;
}
