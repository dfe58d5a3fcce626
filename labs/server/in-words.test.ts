import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { inWords } from './in-words.ts';

const cases: { schema: z.ZodType; value: unknown; says: string }[] = [
  { schema: z.number(), value: undefined, says: 'is missing: it must be a number' },
  { schema: z.number(), value: '1', says: 'must be a number' },
  { schema: z.int(), value: 1.5, says: 'must be a whole number' },
  { schema: z.number().max(1), value: 2, says: 'must be at most 1' },
  { schema: z.number().lt(1), value: 1, says: 'must be less than 1' },
  { schema: z.number().min(0), value: -1, says: 'must be at least 0' },
  { schema: z.number().gt(0), value: 0, says: 'must be more than 0' },
  { schema: z.string().min(1), value: '', says: 'must have at least 1 character' },
  { schema: z.string().max(3), value: 'four', says: 'must have at most 3 characters' },
  { schema: z.array(z.number()).min(2), value: [1], says: 'must have at least 2 entries' },
  { schema: z.enum(['on', 'off']), value: 'maybe', says: 'must be one of on, off' },
  { schema: z.literal(3), value: 4, says: 'must be 3' },
  { schema: z.boolean(), value: 'yes', says: 'must be true or false' },
  { schema: z.strictObject({}), value: [], says: 'must be an object' },
  // Where a schema has words of its own, they are said.
  {
    schema: z.string().regex(/^c-/, 'must be a customer, such as c-001'),
    value: 'x',
    says: 'must be a customer, such as c-001',
  },
];

for (const { schema, value, says } of cases)
  test(`${JSON.stringify(value)}: ${says}`, () => {
    const parsed = schema.safeParse(value, { error: inWords });
    assert.equal(parsed.error?.issues[0]?.message, says);
  });
