import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { whenIndexesGoMissing } from '../../platform/indexes.ts';
import { log } from '../../platform/log.ts';
import type { Database } from '../../platform/postgres.ts';
import { products } from '../../products.ts';

/**
 * How many products there are, the shop's own among them, and how many prices each has had or will have. Without the index,
 * today's price of one product reads the table once for each of its prices: about two seconds on the embedded
 * PostgreSQL, less on a server.
 */
const PRODUCTS = 6000;
const PRICES_EACH = 50;
/** Of these, the ones that are only announced. */
const ANNOUNCED = 2;
const DAYS_BETWEEN_PRICES = 70;

/** The index that today's price is found by; the name PostgreSQL itself gives it when nobody names one. */
const PRICE_INDEX = 'price_history_sku_valid_from_idx';

const ownProducts = products.map(({ sku, priceInCents }) => `('${sku}', ${priceInCents})`).join(', ');

const CREATE_AND_FILL = `
  CREATE TABLE price_history (
    sku text NOT NULL,
    valid_from timestamptz NOT NULL,
    price_in_cents integer NOT NULL
  );
  WITH product (sku, price_in_cents) AS (
    VALUES ${ownProducts}
    UNION ALL
    SELECT 'article-' || lpad(n::text, 4, '0'), 300 + n * 37 % 9000
    FROM generate_series(1, ${PRODUCTS - products.length}) AS n
  )
  INSERT INTO price_history
  SELECT
    sku,
    now() - age * interval '${DAYS_BETWEEN_PRICES} days',
    round(price_in_cents * (1 - 0.006 * age))
  FROM product, generate_series(${-ANNOUNCED}, ${PRICES_EACH - ANNOUNCED - 1}) AS age`;

/** A comment on the table says what made it, so that one with other rows is made anew and a stranger's stays. */
const MAKER = 'X-Ray Lab';
const MADE_BY = `${MAKER} ${createHash('sha256').update(CREATE_AND_FILL).digest('hex').slice(0, 12)}`;

const CREATE_INDEX = `CREATE INDEX IF NOT EXISTS ${PRICE_INDEX} ON price_history (sku, valid_from)`;
const DROP_INDEX = `DROP INDEX IF EXISTS ${PRICE_INDEX}`;
const RETRY_MILLISECONDS = 1000;

/**
 * Makes the table where it is missing, or was made by an earlier version of this file, fills it, and gives it its index.
 * Takes a second or two the first time.
 */
export async function preparePriceTable(database: Database): Promise<void> {
  const [table] = await database.execute<{ there: boolean; made_by: string | null }>(
    `SELECT to_regclass('price_history') IS NOT NULL AS there,
            obj_description(to_regclass('price_history')::oid, 'pg_class') AS made_by`,
  );
  const isOutdated = table?.made_by?.startsWith(MAKER) === true && table.made_by !== MADE_BY;
  if (!table?.there || isOutdated) {
    // One simple query is one transaction: a table that is there is complete.
    await database.execute(
      `DROP TABLE IF EXISTS price_history;${CREATE_AND_FILL};COMMENT ON TABLE price_history IS '${MADE_BY}';`,
    );
    await database.execute('ANALYZE price_history');
  }
  await database.execute(CREATE_INDEX);
}

/** Takes the index away and brings it back as plans ask for it. Tries until it has worked, or something else is asked. */
export function keepPriceIndex(database: Database): void {
  let wishes = 0;
  whenIndexesGoMissing(async (missing) => {
    const mine = ++wishes;
    while (mine === wishes) {
      try {
        await database.execute(missing.has(PRICE_INDEX) ? DROP_INDEX : CREATE_INDEX);
        return;
      } catch (error) {
        log.warn({ err: error }, `${PRICE_INDEX} could not be changed yet.`);
        await sleep(RETRY_MILLISECONDS);
      }
    }
  });
}
