/** What the shop sells. Prices change with a deployment, the stock (dynamodb/tables.ts) by the minute. */
export interface Product {
  sku: string;
  name: string;
  /** In cents of the shop's currency. */
  priceInCents: number;
  /** Its shelf is empty from the first day; a delivery (`POST /admin/restock`) fills it. */
  soldOut?: true;
}

export const currency = 'EUR';

export const products: readonly Product[] = [
  { sku: 'beans-500', name: 'Coffee beans, 500 g', priceInCents: 1290 },
  { sku: 'mug-blue', name: 'Blue mug', priceInCents: 950 },
  { sku: 'kettle-1l', name: 'Gooseneck kettle, 1 l', priceInCents: 5900 },
  { sku: 'grinder-hand', name: 'Hand grinder', priceInCents: 7450 },
  { sku: 'filter-100', name: 'Paper filters, 100 pieces', priceInCents: 420 },
  { sku: 'scale-2kg', name: 'Kitchen scale, 2 kg', priceInCents: 2380 },
  { sku: 'dripper-v2', name: 'Porcelain dripper', priceInCents: 1840 },
  { sku: 'jar-1l', name: 'Storage jar, 1 l', priceInCents: 1125 },
  { sku: 'press-travel', name: 'Travel press', priceInCents: 3260, soldOut: true },
];

/** What shoppers see on the shelves, and buy. */
export const inStock: readonly Product[] = products.filter(({ soldOut }) => !soldOut);
