import { currency, products } from '../../products.ts';
import { AnswerError } from '../../platform/errors.ts';

export interface Item {
  sku: string;
  quantity: number;
}

export interface Cart {
  lines: (Item & { name: string; price: number })[];
  total: number;
  currency: string;
}

/** Names and prices the items of a cart. Throws an AnswerError 400 for a product the shop doesn't have. */
export function priceCart(items: readonly Item[]): Cart {
  let totalInCents = 0;
  const lines = items.map(({ sku, quantity }, index) => {
    const product = products.find((candidate) => candidate.sku === sku);
    if (!product) {
      const field = `items.${index}.sku`;
      throw new AnswerError(400, 'invalid-request', `${field}: there is no product ${sku}`, field);
    }
    totalInCents += product.priceInCents * quantity;
    return { sku, quantity, name: product.name, price: product.priceInCents / 100 };
  });
  return { lines, total: totalInCents / 100, currency };
}
