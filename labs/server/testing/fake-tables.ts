import type { Capacity, CapacityControl } from '../faults/table-capacity.ts';

/** DynamoDB's tables in memory, with a record of every update. */
export interface FakeTables extends CapacityControl {
  /** Every UpdateTable, oldest first. */
  updates: (Capacity & { table: string })[];
  present: Record<string, Capacity & { createdAt: number; status: string }>;
  /** Answers nothing while it is true. */
  isAway: boolean;
}

export function fakeTables(tables: Readonly<Record<string, Capacity>>): FakeTables {
  const present: FakeTables['present'] = Object.fromEntries(
    Object.entries(tables).map(([table, capacity]) => [
      table,
      { ...capacity, createdAt: 1, status: 'ACTIVE' },
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
      Object.assign(find(table), capacity);
      updates.push({ table, ...capacity });
    },
  };
  return fake;
}
