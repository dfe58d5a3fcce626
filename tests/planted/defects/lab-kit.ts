import type { Defect } from '../defect.ts';

const checksOfLab1 = 'labs/01-your-first-trace/checks.ts';
const testOfLab1 = 'labs/01-your-first-trace/checks.test.ts';

/** The checks of the first lab, and what all labs share. */
export const labKit: readonly Defect[] = [
  {
    name: 'lab 1: a trace may have several beginnings',
    file: checksOfLab1,
    replace: `roots.length !== 1 || roots[0]?.name !== 'gateway'`,
    with: 'roots.length === 0',
    red: {
      file: testOfLab1,
      test: 'send-checkout: a second segment without parent_id breaks the trace → fail',
    },
  },
  {
    name: 'lab 1: any parent_id joins a segment',
    file: checksOfLab1,
    replace: '!callers.has(segment.parent_id)',
    with: 'callers.size === 0',
    red: { file: testOfLab1, test: 'send-checkout: a parent_id that is nobody breaks the trace → fail' },
  },
  {
    name: 'lab 1: anybody’s trace is the learner’s',
    file: checksOfLab1,
    replace: 'own.some((summary) => summary.Id === id)',
    with: 'own.length > 0',
    red: { file: testOfLab1, test: `find-trace-id: a shopper's trace id → fail` },
  },
  {
    name: 'lab 1: the shortest call is the longest',
    file: checksOfLab1,
    replace: 'durationOf(given) < longest - 0.0005',
    with: 'durationOf(given) > longest + 0.0005',
    red: { file: testOfLab1, test: 'slowest-call: the shortest call of order → fail' },
  },
  {
    name: 'lab 1: a filter may find anything besides the order',
    file: checksOfLab1,
    replace: `const stranger = others.find((trace) => annotationOf(trace, 'orderId') !== order);`,
    with: 'const stranger: Trace | undefined = undefined;',
    red: { file: testOfLab1, test: 'filter-by-annotation: a filter that returns others as well → fail' },
  },
  {
    name: 'traces of an earlier run count',
    file: 'labs/kit/checkouts.ts',
    replace: '`annotation.run = ${quoted(run.nonce)}`',
    with: '`annotation.run`',
    red: { file: testOfLab1, test: `send-checkout: an earlier run's checkout does not count → fail` },
  },
  {
    name: 'what X-Ray inferred counts as sent',
    file: 'labs/kit/checkouts.ts',
    replace: 'trace.segments.filter((segment) => !segment.inferred)',
    with: '[...trace.segments]',
    red: { file: testOfLab1, test: 'send-checkout: a trace with three segments is not whole → fail' },
  },
  {
    name: 'p95 is one request too high',
    file: 'labs/kit/checkouts.ts',
    replace: 'Math.ceil(share * sorted.length) - 1',
    with: 'Math.ceil(share * sorted.length)',
    red: { file: 'labs/kit/kit.test.ts', test: 'p95 of thirty allows one slow request' },
  },
  {
    name: 'lab 2: a quick trace is slow',
    file: 'labs/02-slow-payment/checks.ts',
    replace: 'if (seconds <= SLOW_SECONDS)',
    with: 'if (seconds > 99)',
    red: {
      file: 'labs/02-slow-payment/checks.test.ts',
      test: 'slow-trace: a quick trace → fail',
    },
  },
  {
    name: 'X-Ray’s API being away is taken for a defect of the check',
    file: 'labs/kit/run-check.ts',
    replace: 'return isUnreachable(cause)',
    with: 'return false && isUnreachable(cause)',
    red: {
      file: 'labs/kit/kit.test.ts',
      test: 'a refused connection inside another error can not tell and names the command',
    },
  },
  {
    name: 'a lab whose text is not whole passes',
    file: 'labs/kit/folder.ts',
    replace: `if (!files.includes('index.mdx')) return problems;`,
    with: 'return problems;',
    red: {
      file: 'labs/kit/kit.test.ts',
      test: 'a stray file, a stray folder and a missing text are named',
    },
  },
];
