import { products } from '../products.ts';
import { randomFrom } from '../random.ts';

export interface Card {
  brand: string;
  number: string;
}

/** What one shopper does next. */
export type Visit =
  | { kind: 'checkout'; customerId: string; items: { sku: string; quantity: number }[]; card: Card }
  | { kind: 'look-at-products'; customerId: string }
  | { kind: 'look-at-order'; customerId: string }
  | { kind: 'ask-for-refund'; customerId: string };

const CUSTOMERS = 40;
const MOST_LINES = 3;

/** Of the visits that are no checkout, those that want money back. */
const REFUND_SHARE = 0.1;
/** The numbers that payment providers give out for tests. */
const cards: readonly Card[] = [
  { brand: 'visa', number: '4242424242424242' },
  { brand: 'mastercard', number: '5555555555554444' },
  { brand: 'amex', number: '378282246310005' },
];

/** The script of all shoppers: the same checkouts and reads, in the same order, for the same seed. */
export function shoppers(seed: number) {
  const random = randomFrom(seed);
  const oneOf = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)]!;
  const customerId = () => `c-${String(1 + Math.floor(random() * CUSTOMERS)).padStart(3, '0')}`;

  return {
    checkout(): Extract<Visit, { kind: 'checkout' }> {
      const customer = customerId();
      const skus = new Set(
        Array.from({ length: 1 + Math.floor(random() * MOST_LINES) }, () => oneOf(products).sku),
      );
      const items = [...skus].map((sku) => ({ sku, quantity: 1 + Math.floor(random() * 2) }));
      return { kind: 'checkout', customerId: customer, items, card: oneOf(cards) };
    },

    read(): Visit {
      const chance = random();
      const kind =
        chance < REFUND_SHARE ? 'ask-for-refund' : chance < 0.5 ? 'look-at-products' : 'look-at-order';
      return { kind, customerId: customerId() };
    },

    /** The seconds until the next visit at this rate: never regular, never far from the mean. */
    pause: (perSecond: number) => (0.5 + random()) / perSecond,
  };
}
