import { z } from 'zod';

/** Epoch seconds as a JSON number; boto3 sends six decimals, the JS client three. */
export const timestamp = z.number();

/** AWS's integers have 32 bits. */
export const integer = z.int32();

export const nextToken = z.string().optional();

export const traceIds = z.array(z.string().min(1).max(35));
