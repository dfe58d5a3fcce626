import type { Defect } from '../defect.ts';

/** The shop: its tables' capacity, and how faults are applied. */
export const shop: readonly Defect[] = [
  {
    name: 'a table gives whatever is asked while it has anything',
    file: 'sample-app/dynamodb/token-bucket.ts',
    replace: 'return this.units(now) >= Math.min(units, this.capacity);',
    with: 'return this.units(now) > 0;',
    red: {
      file: 'sample-app/dynamodb/meter.properties.test.ts',
      test: 'a table never grants more than its rate and its burst',
    },
  },
  {
    name: 'a clock that was set back takes units away',
    file: 'sample-app/dynamodb/token-bucket.ts',
    replace: 'Math.max(0, now - this.#countedAt)',
    with: '(now - this.#countedAt)',
    red: {
      file: 'sample-app/dynamodb/meter.test.ts',
      test: 'a clock that is set back far takes nothing away, and what was earned is not earned again',
    },
  },
  {
    name: 'unused capacity is saved without end',
    file: 'sample-app/dynamodb/token-bucket.ts',
    replace: 'Math.min(this.#units + earned, this.capacity)',
    with: 'this.#units + earned',
    red: {
      file: 'sample-app/dynamodb/meter.test.ts',
      test: 'unused capacity is saved for a burst, up to 300 seconds of it',
    },
  },
  {
    name: 'nothing is ever taken from a table',
    file: 'sample-app/dynamodb/meter.ts',
    replace: 'for (const draw of draws) this.#spend(draw, draw.units);',
    with: '',
    red: {
      file: 'sample-app/dynamodb/meter.test.ts',
      test: 'a table gives its units, and then throttles until time has brought new ones',
    },
  },
  {
    name: 'after a decrease, what was saved hides the shortage',
    file: 'sample-app/dynamodb/meter.ts',
    replace: 'const units = decreased ? UNITS_AFTER_DECREASE :',
    with: 'const units =',
    red: {
      file: 'sample-app/dynamodb/meter.test.ts',
      test: 'a decrease empties the bucket, so that the shortage shows at once',
    },
  },
  {
    name: 'all keys of a table share one partition',
    file: 'sample-app/dynamodb/meter.ts',
    replace: '`${nameOf(what)}${SEPARATOR}${shortened(partition)}`',
    with: '`${nameOf(what)}`',
    red: {
      file: 'sample-app/dynamodb/meter.properties.test.ts',
      test: 'a hot key never throttles the others of a table with room',
    },
  },
  {
    name: 'a share of the requests is all but that share',
    file: 'sample-app/faults/plan/apply.ts',
    replace: 'random() < primitive.share',
    with: 'random() > primitive.share',
    red: {
      file: 'sample-app/faults/plan/apply.test.ts',
      test: 'a share picks about so many requests, and the same ones for the same plan',
    },
  },
  {
    name: 'a fault of /orders hits /ordersheet too',
    file: 'sample-app/faults/plan/apply.ts',
    replace: 'parts[index] === wanted ||',
    with: 'parts[index]?.startsWith(wanted) ||',
    red: {
      file: 'sample-app/faults/plan/apply.test.ts',
      test: 'a status primitive answers the requests to its path and below, and no others',
    },
  },
];
