import { inStock } from '../products.ts';
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

/** Somebody who comes back: always with the same card, mostly for the same things. */
interface Customer {
  /** c-001 to c-040. */
  id: string;
  card: Card;
  /** What he or she likes. */
  taste: readonly string[];
}

/** Of the lines of a cart, those that are of the customer’s taste; the others are of any. */
const TASTE_SHARE = 0.75;
const TASTE_SIZE = 4;

/** Of the visits that are no checkout, those that look at products. */
const PRODUCTS_SHARE = 0.4;
/** Of those that come for an order, the ones that want their money back. */
const REFUND_SHARE = 0.17;
/** The numbers that payment providers give out for tests. */
const cards: readonly Card[] = [
  { brand: 'visa', number: '4242424242424242' },
  { brand: 'mastercard', number: '5555555555554444' },
  { brand: 'amex', number: '378282246310005' },
];

/** The same ones for every seed: in every run of the shop, c-007 is who he was. */
const customers: readonly Customer[] = Array.from({ length: CUSTOMERS }, (_, index) => {
  const random = randomFrom(index);
  return {
    id: `c-${String(index + 1).padStart(3, '0')}`,
    card: cards[index % cards.length]!,
    taste: Array.from({ length: TASTE_SIZE }, () => inStock[Math.floor(random() * inStock.length)]!.sku),
  };
});

/** The script of all shoppers: the same checkouts and reads, in the same order, for the same seed. */
export function shoppers(seed: number) {
  const random = randomFrom(seed);
  const oneOf = <Value>(values: readonly Value[]) => values[Math.floor(random() * values.length)]!;
  return {
    checkout(): Extract<Visit, { kind: 'checkout' }> {
      const { id: customerId, card, taste } = oneOf(customers);
      const choose = () => (random() < TASTE_SHARE ? oneOf(taste) : oneOf(inStock).sku);
      const skus = new Set(Array.from({ length: 1 + Math.floor(random() * MOST_LINES) }, choose));
      const items = [...skus].map((sku) => ({ sku, quantity: 1 + Math.floor(random() * 2) }));
      return { kind: 'checkout', customerId, items, card };
    },

    /** @param productsShare The share that looks at products; of the others, most look at an order. */
    read(productsShare = PRODUCTS_SHARE): Visit {
      const [chance, isRefund] = [random(), random() < REFUND_SHARE];
      const kind =
        chance < productsShare ? 'look-at-products' : isRefund ? 'ask-for-refund' : 'look-at-order';
      return { kind, customerId: oneOf(customers).id };
    },

    /** The seconds until the next visit at this rate: never regular, never far from the mean. */
    pause: (perSecond: number) => (0.5 + random()) / perSecond,
  };
}
