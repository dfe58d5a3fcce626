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
  {
    name: 'a signature’s comparison is turned round',
    file: 'sample-app/faults/slow-sometimes.ts',
    replace: 'responsetime > 0.75',
    with: 'responsetime < 0.75',
    red: {
      file: 'tests/signatures.test.ts',
      test: 'slow-sometimes: traces that were left while it was on show all of it',
    },
  },
  {
    name: 'a signature finds failed requests where the shop copes',
    file: 'sample-app/faults/inventory-unavailable.ts',
    replace: '{ fault } AND ok',
    with: '{ fault } AND fault',
    red: {
      file: 'tests/signatures.test.ts',
      test: 'inventory-unavailable: traces that were left while it was on show all of it',
    },
  },
  {
    name: 'nothing would be found that a decoy promises not to show',
    file: 'sample-app/faults/nothing-is-wrong.ts',
    replace: 'fault OR service() { fault } OR service() { throttle }',
    with: 'fault AND ok',
    red: {
      file: 'tests/signatures.test.ts',
      test: 'nothing-is-wrong: what must not be found would be found if it were there',
    },
  },
  {
    name: 'the mark of denied sampling looks for a field that no SDK for Node writes',
    file: 'tests/faults/marks.ts',
    replace: 'aws?.xray?.rule_name',
    with: `(aws?.xray as { sampling_rule_name?: string } | undefined)?.sampling_rule_name`,
    red: {
      file: 'tests/signatures.test.ts',
      test: 'sampling-calls-denied: nor do those without its primitive 0, environment',
    },
  },
  {
    name: 'retries that pause are taken for a retry storm',
    file: 'tests/faults/marks.ts',
    replace: 'calls.length === 9 && ',
    with: 'calls.length > 0 || ',
    red: {
      file: 'tests/signatures.test.ts',
      test: 'retry-storm: nor do those without its primitive 1, flag',
    },
  },
  {
    name: 'a full disk under its log ends a service',
    file: 'sample-app/platform/log.ts',
    replace: "  logOutput('log'),\n",
    with: '',
    red: {
      file: 'xray/log-output.test.ts',
      test: 'a service of the shop serves although its log’s disk is full from the first line on',
    },
  },
];
