import { z } from 'zod';
import { log } from '../platform/log.ts';
import { listen, run } from '../platform/process.ts';
import { listening, readSettings } from '../platform/settings.ts';
import { createDynamoDB } from './server.ts';
import { ITEMS_KEPT } from './tables.ts';

run(async () => {
  const {
    DYNAMODB_UPSTREAM: upstream,
    DYNAMODB_ITEMS_KEPT: itemsKept,
    ...settings
  } = readSettings({
    ...listening(8000),
    /** Another DynamoDB that keeps the tables: LocalStack, DynamoDB Local. Its capacity is metered here. */
    DYNAMODB_UPSTREAM: z
      .url({ protocol: /^http$/, error: 'must be an http address, such as http://localhost:4566' })
      .transform((value) => value.replace(/\/$/, ''))
      .optional(),
    /** How many items each table that grows with the orders keeps, those written last. */
    DYNAMODB_ITEMS_KEPT: z.coerce.number().int().min(100).default(ITEMS_KEPT),
  });
  listen('dynamodb', await createDynamoDB({ upstream, itemsKept }), settings);
  // dynalite throws some internal errors from callbacks. The tables live in this process, so it goes on;
  // the request concerned is answered 500 by its timeout.
  process.on('uncaughtException', (error) => log.error({ err: error }, 'dynalite failed on a request'));
});
