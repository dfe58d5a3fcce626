import type { Capacity, CapacityControl, TableCapacity } from '../faults/table-capacity.ts';

/** DynamoDB's tables in memory, with a record of every update. */
export interface FakeTables extends CapacityControl {
  /** Every UpdateTable, oldest first. */
  updates: (Capacity & { table: string })[];
  present: Record<string, TableCapacity>;
  /** Answers nothing while it is true. */
  isAway: boolean;
}

export function fakeTables(tables: Readonly<Record<string, Capacity>>): FakeTables {
  const present: FakeTables['present'] = Object.fromEntries(
    Object.entries(tables).map(([table, capacity]) => [
      table,
      { ...capacity, onDemand: false, createdAt: 1, status: 'ACTIVE' },
    ]),
  );
  const updates: FakeTables['updates'] = [];
  const find = (table: string) => {
    const found = present[table];
    if (!found) throw new Error(`DynamoDB answered DescribeTable: ResourceNotFoundException: ${table}`);
    return found;
  };
  const fake: FakeTables = {
    present,
    updates,
    isAway: false,
    async describe(table) {
      if (fake.isAway) throw new Error('ECONNREFUSED');
      return { ...find(table) };
    },
    async update(table, capacity) {
      Object.assign(find(table), capacity, { onDemand: false });
      updates.push({ table, ...capacity });
    },
  };
  return fake;
}
