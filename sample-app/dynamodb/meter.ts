import { createHash } from 'node:crypto';
import type { Capacity } from './tables.ts';
import { TokenBucket } from './token-bucket.ts';

/**
 * Unused capacity is kept this long for a later burst.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/burst-adaptive-capacity.html
 */
export const BURST_SECONDS = 300;

/**
 * What is left in the bucket after a decrease. DynamoDB says nothing about it; starting empty makes the
 * shortage show within seconds, where a saved-up burst could hide it for five minutes.
 */
export const UNITS_AFTER_DECREASE = 0;

/**
 * What one partition can do in a second, whatever the table has, also on demand.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
 *
 * DynamoDB puts many keys into a partition and moves a hot one into a partition of its own (adaptive capacity), so that
 * the limit is in the end one of each partition key; here it is that from the start.
 */
export const PARTITION_LIMIT: Capacity = { readUnits: 3000, writeUnits: 1000 };

/** The limit of a partition is a limit: what it did not use in one second is not saved for the next one. */
export const PARTITION_BURST_SECONDS = 1;

/** How many partitions are watched at the same time, at most. Those used least recently are forgotten first. */
export const MAX_WATCHED_PARTITIONS = 5000;

export type Kind = 'read' | 'write';

/** Units to be taken from a table, or from one of its global secondary indexes, and from one partition of it. */
export interface Draw {
  table: string;
  index?: string | undefined;
  kind: Kind;
  units: number;
  /** The partition key's value, as text. Absent when the operation has no one partition, such as Scan. */
  partition?: string | undefined;
}

/** What had too little for an operation. */
export interface Shortage {
  table: string;
  index?: string | undefined;
  kind: Kind;
  /** `capacity`: the provisioned throughput of the table or index. `partition`: the limit of one partition key. */
  of: 'capacity' | 'partition';
}

/**
 * Throughput as token buckets: one for reads and one for writes of each provisioned table and index, and one of each
 * partition key that was used in the last second. A table that isn't known here, or is on demand, has no limit as a
 * whole; its partitions have. `now` is in seconds.
 */
export class CapacityMeter {
  readonly #now: () => number;
  readonly #provisioned = new Map<string, TokenBucket>();
  /** In the order of their last use, the oldest first. */
  readonly #partitions = new Map<string, TokenBucket>();
  #partitionLimits: ReadonlyMap<string, Partial<Capacity>> = new Map();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Sets the capacity of a table or index, at once. A new one starts with one second's worth. */
  provision(table: string, { readUnits, writeUnits }: Capacity, index?: string): void {
    this.#set(nameOf({ table, index, kind: 'read' }), readUnits);
    this.#set(nameOf({ table, index, kind: 'write' }), writeUnits);
  }

  /** The table or index is on demand, or gone: no limit as a whole. */
  release(table: string, index?: string): void {
    this.#provisioned.delete(nameOf({ table, index, kind: 'read' }));
    this.#provisioned.delete(nameOf({ table, index, kind: 'write' }));
  }

  /** Makes these the limits of each partition of a table, in place of DynamoDB's own. Counts at once. */
  limitPartitions(limits: ReadonlyMap<string, Partial<Capacity>>): void {
    const concerned = new Set([...this.#partitionLimits.keys(), ...limits.keys()]);
    this.#partitionLimits = limits;
    for (const name of this.#partitions.keys()) {
      if (concerned.has(name.split(SEPARATOR, 1)[0] ?? '')) this.#partitions.delete(name);
    }
  }

  /** Takes all of the units, when there are enough of each, or none. Says what was too short: throttle. */
  take(...draws: Draw[]): Shortage | undefined {
    for (const { table, index, kind, units, partition } of draws) {
      const what = { table, index, kind };
      if (this.#provisioned.get(nameOf(what))?.covers(units, this.#now()) === false) {
        return { ...what, of: 'capacity' };
      }
      if (partition !== undefined && !this.#partition(what, partition).covers(units, this.#now())) {
        return { ...what, of: 'partition' };
      }
    }
    for (const draw of draws) this.#spend(draw, draw.units);
    return undefined;
  }

  /** Corrects what `take` took, once the operation's true cost is known. Debt is paid from later capacity. */
  settle(draw: Draw, consumed: number): void {
    if (consumed !== draw.units) this.#spend(draw, consumed - draw.units);
  }

  /** How many partitions are watched now. */
  get watchedPartitions(): number {
    return this.#partitions.size;
  }

  #spend(draw: Draw, units: number): void {
    this.#provisioned.get(nameOf(draw))?.spend(units, this.#now());
    if (draw.partition !== undefined) this.#partition(draw, draw.partition).spend(units, this.#now());
  }

  #set(name: string, unitsPerSecond: number): void {
    const before = this.#provisioned.get(name);
    if (before?.unitsPerSecond === unitsPerSecond) return;

    const now = this.#now();
    const decreased = before !== undefined && unitsPerSecond < before.unitsPerSecond;
    // An increase counts at once: the next second's worth is there, whatever the debt was.
    const units = decreased ? UNITS_AFTER_DECREASE : Math.max(before?.units(now) ?? 0, unitsPerSecond);
    this.#provisioned.set(name, new TokenBucket(unitsPerSecond, unitsPerSecond * BURST_SECONDS, units, now));
  }

  /** The bucket of one partition key, moved to the end of the queue of those to be forgotten. */
  #partition(what: Omit<Draw, 'units'>, partition: string): TokenBucket {
    const name = `${nameOf(what)}${SEPARATOR}${shortened(partition)}`;
    const known = this.#partitions.get(name);
    if (known) this.#partitions.delete(name);
    const bucket = known ?? this.#newPartition(what);
    this.#partitions.set(name, bucket);
    if (!known) this.#forgetPartitionsBefore(name);
    return bucket;
  }

  #newPartition({ table, kind }: Omit<Draw, 'units'>): TokenBucket {
    const member = kind === 'read' ? 'readUnits' : 'writeUnits';
    const limit = this.#partitionLimits.get(table)?.[member] ?? PARTITION_LIMIT[member];
    const capacity = limit * PARTITION_BURST_SECONDS;
    return new TokenBucket(limit, capacity, capacity, this.#now());
  }

  /** For each partition that comes, two go that are full again, so that the queue never outgrows a second's keys. */
  #forgetPartitionsBefore(newest: string): void {
    for (const [index, [name, bucket]] of [...take(this.#partitions, 2)].entries()) {
      if (name === newest) return;
      const tooMany = index === 0 && this.#partitions.size > MAX_WATCHED_PARTITIONS;
      if (tooMany || bucket.isFull(this.#now())) this.#partitions.delete(name);
    }
  }
}

/** Stands between the parts of a bucket's name; no table or index has it in its own. */
const SEPARATOR = '\n';

const nameOf = ({ table, index = '', kind }: Pick<Draw, 'table' | 'index' | 'kind'>) =>
  [table, index, kind].join(SEPARATOR);

/** A partition key may have 2,048 bytes. Its name here has at most 64. */
const shortened = (partition: string) =>
  partition.length <= 64 ? partition : createHash('sha256').update(partition).digest('base64');

function* take<Entry>(entries: Iterable<Entry>, count: number): Generator<Entry> {
  for (const entry of entries) {
    if (count-- <= 0) return;
    yield entry;
  }
}
