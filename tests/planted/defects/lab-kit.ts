import type { Defect } from '../defect.ts';

const checksOfLab1 = 'labs/01-your-first-trace/checks.ts';
const testOfLab1 = 'labs/01-your-first-trace/checks.test.ts';
const prover = 'labs/kit/prove.ts';
const testOfProver = 'labs/kit/prove.test.ts';

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
  {
    name: 'the prover: a near miss may pass',
    file: prover,
    replace: 'if (verdict !== wanted) throw',
    with: "if (verdict !== wanted && verdict !== 'pass') throw",
    red: { file: testOfProver, test: 'reports a near miss that passes' },
  },
  {
    name: 'the prover: any reason will do',
    file: prover,
    replace: 'if (!because.test(why)) throw',
    with: 'if (why === "") throw',
    red: { file: testOfProver, test: 'reports a near miss that another check refuses than the one it names' },
  },
  {
    name: 'the prover: a fresh run may have points',
    file: prover,
    replace: 'if (score !== 0) throw new Error(`the score is ${score}`);',
    with: '',
    red: { file: testOfProver, test: 'reports points in a fresh run' },
  },
  {
    name: 'the prover: a solution may miss points',
    file: prover,
    replace: 'if (score !== 100) throw',
    with: 'if (score === 0) throw',
    red: { file: testOfProver, test: 'reports a solution below 100' },
  },
  {
    name: 'the prover: only the first of several steps is asked',
    file: prover,
    replace: 'for (const step of steps) reasons.push(',
    with: 'for (const step of steps.slice(0, 1)) reasons.push(',
    red: { file: testOfProver, test: 'reports a near miss that only the first of the two it names refuses' },
  },
  {
    name: 'lab 2: a fault that was an answer counts as given up',
    file: 'labs/02-slow-payment/evidence.ts',
    replace: "statusOf(call) === 'fault' && call.http?.response?.status === undefined",
    with: "statusOf(call) === 'fault'",
    red: {
      file: 'labs/02-slow-payment/evidence.test.ts',
      test: 'a fault that was the answer: no',
    },
  },
  {
    name: 'values are not sorted before a percentile is taken',
    file: 'labs/kit/checkouts.ts',
    replace: '[...values].sort((a, b) => a - b)',
    with: '[...values].sort()',
    red: {
      file: 'labs/kit/kit.test.ts',
      test: 'the order of the values does not matter, and 10 is more than 9',
    },
  },
  {
    name: 'a save within one tick of the clock is not seen',
    file: 'scripts/supervisor/sources.ts',
    replace: 'before?.settled && before.stamp',
    with: 'before?.stamp',
    red: {
      file: 'scripts/supervisor/sources.test.ts',
      test: 'two saves within one tick of the clock, looked at at once, are two versions',
    },
  },
];
