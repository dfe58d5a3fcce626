import { z } from 'zod';
import { openDatabase } from '../../platform/postgres.ts';
import { listen, run } from '../../platform/process.ts';
import { listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { priceHistory } from './price-history.ts';
import { keepPriceIndex, preparePriceTable } from './price-table.ts';

/** The embedded database does one thing at a time, whoever asks. */
const EMBEDDED_CONNECTIONS = 1;
const SERVER_CONNECTIONS = 4;

const postgres = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a PostgreSQL address, such as postgres://pricing@localhost:5432/pricing',
});

run(async () => {
  const { DATABASE_URL, LEGACY_DATABASE_URL, ...where } = readSettings({
    ...listening(8091),
    /** A PostgreSQL of yours. The service makes one table there, price_history. */
    DATABASE_URL: postgres.optional(),
    LEGACY_DATABASE_URL: postgres.default('postgres://pricing@localhost:5434/pricing'),
  });
  const database = openDatabase(DATABASE_URL ?? LEGACY_DATABASE_URL, {
    connections: DATABASE_URL === undefined ? EMBEDDED_CONNECTIONS : SERVER_CONNECTIONS,
  });
  await database.untilReachable();
  await preparePriceTable(database);
  keepPriceIndex(database);
  listen('legacy-pricing', createApp(priceHistory(database)), where);
});
