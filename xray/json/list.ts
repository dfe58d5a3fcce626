import { z } from 'zod';

/** Issues after which a list is not looked at further: more help nobody, and each takes time and memory. */
const mostIssues = 10;

/**
 * `z.array` for a list of any length: it stops at the first few issues, where zod would tell of each of fifty thousand wrong
 * items. A list that has a `.max()` needs it not: zod refuses a longer one before it looks at the items.
 */
const BoundedArray = z.core.$constructor<z.ZodArray>('BoundedArray', (schema, definition) => {
  z.ZodArray.init(schema, definition);
  const parseWhole = schema._zod.parse;
  const item = definition.element as z.core.$ZodType;

  schema._zod.parse = (payload, context) => {
    const items: unknown = payload.value;
    if (!Array.isArray(items)) return parseWhole(payload, context);
    const read: unknown[] = new Array(items.length);
    payload.value = read;
    for (let index = 0; index < items.length && payload.issues.length < mostIssues; index++) {
      const result = item._zod.run({ value: items[index], issues: [] }, context);
      if (result instanceof Promise) throw new z.core.$ZodAsyncError();
      payload.issues.push(...z.util.prefixIssues(index, result.issues));
      read[index] = result.value;
    }
    return payload;
  };
});

/** A list of such items. */
export const listOf = <Item extends z.ZodType>(item: Item): z.ZodArray<Item> =>
  new BoundedArray({ type: 'array', element: item }) as unknown as z.ZodArray<Item>;
