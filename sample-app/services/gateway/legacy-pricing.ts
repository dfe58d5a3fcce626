import { httpClient } from '../../platform/http-client.ts';

export interface QuoteItem {
  sku: string;
  quantity: number;
}

export interface LegacyPricing {
  /** Throws CallFailed 404 for a product that never had a price. */
  price(sku: string): Promise<object>;
  quote(items: readonly QuoteItem[]): Promise<object>;
}

/** It is another building, and its database may think for a while. */
const TIMEOUT_MILLISECONDS = 15_000;

export function legacyPricing(baseUrl: string): LegacyPricing {
  const pricing = httpClient(baseUrl, { timeoutMilliseconds: TIMEOUT_MILLISECONDS });
  return {
    price: (sku) => pricing.get(`/prices/${sku}`),
    quote: (items) => pricing.post('/quotes', { items }),
  };
}
