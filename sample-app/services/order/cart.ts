import { currency, products } from '../../products.ts';
import { AnswerError } from '../../platform/errors.ts';
import { calculateTotal } from './price-calc.ts';

export interface Item {
  sku: string;
  quantity: number;
}

export interface Cart {
  lines: (Item & { name: string; price: number })[];
  /** What the lines cost together, less the discounts. */
  total: number;
  currency: string;
}

/** Names and prices the items of a cart. Throws an AnswerError 400 for a product the shop doesn't have. */
export async function priceCart(items: readonly Item[]): Promise<Cart> {
  const found = items.map(({ sku, quantity }, index) => {
    const product = products.find((candidate) => candidate.sku === sku);
    if (!product) {
      const field = `items.${index}.sku`;
      throw new AnswerError(400, 'invalid-request', `${field}: there is no product ${sku}`, field);
    }
    return { ...product, quantity };
  });
  const totalInCents = await calculateTotal(found);
  return {
    lines: found.map(({ sku, quantity, name, priceInCents }) => ({
      sku,
      quantity,
      name,
      price: priceInCents / 100,
    })),
    total: totalInCents / 100,
    currency,
  };
}
