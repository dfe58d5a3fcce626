import { z } from 'zod';
import { listOf } from '../json/index.ts';

/** Epoch seconds as a JSON number; boto3 sends six decimals, the JS client three. */
export const timestamp = z.number();

/** AWS's integers have 32 bits. */
export const integer = z.int32();

/**
 * The name of a group or a rule. JSON can write half a surrogate pair, the store keeps U+FFFD for it: it is that from the start,
 * or one resource would go by two names.
 */
export const resourceName = z
  .string()
  .min(1)
  .max(32)
  .overwrite((name) => name.toWellFormed());

export const nextToken = z.string().optional();

export const traceIds = listOf(z.string().min(1).max(35));
