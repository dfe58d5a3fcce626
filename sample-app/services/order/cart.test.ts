import assert from 'node:assert/strict';
import { test } from 'node:test';
import { itemSize } from '../../dynamodb/item-size.ts';
import { priceCart } from './cart.ts';
import { termsOfSale } from './terms-of-sale.ts';

test('a cart is named, priced and added up without a rounding error', async () => {
  const cart = await priceCart([
    { sku: 'filter-100', quantity: 3 },
    { sku: 'mug-blue', quantity: 1 },
  ]);
  assert.deepEqual(cart, {
    lines: [
      { sku: 'filter-100', quantity: 3, name: 'Paper filters, 100 pieces', price: 4.2 },
      { sku: 'mug-blue', quantity: 1, name: 'Blue mug', price: 9.5 },
    ],
    total: 22.1,
    currency: 'EUR',
  });
});

test('a discount lowers the total, and the lines keep their prices', async () => {
  const cart = await priceCart([{ sku: 'beans-500', quantity: 10 }]);
  assert.equal(cart.lines[0]?.price, 12.9);
  assert.equal(cart.total, 122.55);
});

test('a product the shop does not have is refused with its place in the cart', async () => {
  await assert.rejects(
    priceCart([
      { sku: 'mug-blue', quantity: 1 },
      { sku: 'tea', quantity: 1 },
    ]),
    /items\.1\.sku/,
  );
});

test('the terms alone make an order cost three write units', () => {
  const size = itemSize({ terms: { S: termsOfSale } });
  assert.ok(size > 2048 && size < 3 * 1024 - 600, `${size} bytes`);
});
