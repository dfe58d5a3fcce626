import type { Database } from '../../platform/postgres.ts';

export interface Price {
  sku: string;
  priceInCents: number;
  /** Since when it holds, ISO 8601. */
  validFrom: string;
}

export interface PriceHistory {
  /** Today's price of each of these that has one, in one query. */
  today(skus: readonly string[]): Promise<Price[]>;
}

/** Each product's latest price that holds already. Every row of a product looks once for its latest. */
const TODAY = `
  SELECT sku, price_in_cents, valid_from
  FROM price_history AS price
  WHERE sku = ANY ($1)
    AND valid_from = (SELECT max(valid_from) FROM price_history WHERE sku = price.sku AND valid_from <= now())`;

interface Row {
  sku: string;
  price_in_cents: number;
  valid_from: Date;
}

export const priceHistory = (database: Database): PriceHistory => ({
  async today(skus) {
    const rows = await database.query<Row>(TODAY, [skus]);
    return rows.map(({ sku, price_in_cents, valid_from }) => ({
      sku,
      priceInCents: price_in_cents,
      validFrom: valid_from.toISOString(),
    }));
  },
});
