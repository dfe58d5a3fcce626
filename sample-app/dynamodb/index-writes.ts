import { keyOf, textOf, writeUnits } from './cost.ts';
import { itemSize, type Item } from './item-size.ts';
import type { IndexFacts, TableFacts } from './table-facts.ts';

/** What a write to a table costs one of its global secondary indexes. */
export interface IndexWrite {
  index: string;
  units: number;
  partition?: string | undefined;
}

/**
 * The writes that follow a write to the table: none when the entry of the index stays as it is; one when it comes, goes or
 * changes; two when its key changes, for the old entry is deleted and a new one is put.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations.Writes
 */
export function indexWritesOf(
  table: TableFacts,
  before: Item | undefined,
  after: Item | undefined,
  transactional = false,
): IndexWrite[] {
  return table.indexes.flatMap((index) => {
    const was = entryOf(index, table, before);
    const is = entryOf(index, table, after);
    if (same(was, is)) return [];
    const moved = was && is && !same(keyOf(was, index), keyOf(is, index));
    const sizes = moved ? [itemSize(was), itemSize(is)] : [Math.max(itemSize(was ?? {}), itemSize(is ?? {}))];
    return [
      {
        index: index.name,
        units: sizes.reduce((sum, bytes) => sum + writeUnits(bytes, transactional), 0),
        partition: textOf((is ?? was)?.[index.partitionKey]),
      },
    ];
  });
}

/** An item's entry in an index: its keys and what the index projects. None when the item lacks a key of the index. */
function entryOf(index: IndexFacts, table: TableFacts, item: Item | undefined): Item | undefined {
  if (!item) return undefined;
  const keys = [index.partitionKey, ...(index.sortKey === undefined ? [] : [index.sortKey])];
  if (keys.some((name) => item[name] === undefined)) return undefined;
  if (index.projects === 'ALL') return item;
  const wanted = new Set([...keys, ...index.projects, ...Object.keys(keyOf(item, table))]);
  return Object.fromEntries(Object.entries(item).filter(([name]) => wanted.has(name)));
}

const same = (one: Item | undefined, other: Item | undefined) => sorted(one) === sorted(other);

const sorted = (item: Item | undefined) =>
  item &&
  JSON.stringify(
    Object.entries(item)
      .map(([name, value]) => [name, JSON.stringify(value)])
      .sort(),
  );
