import type { Defect } from '../defect.ts';

const slowPayment = 'labs/02-slow-payment/checks.test.ts';

/** The labs: whether what is judged is alive and did its work. */
export const labs: readonly Defect[] = [
  {
    name: 'nobody asks whether what is judged is alive',
    file: 'labs/kit/run-check.ts',
    replace: 'if (isLive(step)) return (await whyNotJudged(context, step)) ?? (await step.check(context));',
    with: 'if (isLive(step)) return step.check(context);',
    red: {
      file: slowPayment,
      test: 'fast-again: a syntax error in the file: payment has crashed, and every checkout fails at once → fail',
    },
  },
  {
    name: 'a node that was inferred from the caller counts as the work of a service',
    file: 'labs/kit/alive.ts',
    replace: 'const segment = trace && segmentNamed(trace, service);',
    with: 'const segment = trace?.segments.find((one) => one.name === service);',
    red: {
      file: slowPayment,
      test: 'fast-again: payment runs and is not reached: its node was inferred from order → cannot-tell',
    },
  },
  {
    name: 'what a process did before it was started again counts',
    file: 'labs/kit/alive.ts',
    replace: 'faultOn + FAULT_TAKES_EFFECT_SECONDS : 0, ...started);',
    with: 'faultOn + FAULT_TAKES_EFFECT_SECONDS : 0);',
    red: {
      file: slowPayment,
      test: 'fast-again: the provider was stopped until a moment ago → cannot-tell',
    },
  },
  {
    name: 'a payment without a call counts as spared, although nothing had failed',
    file: 'labs/02-slow-payment/evidence.ts',
    replace: 'failedAt !== undefined && segment.start_time >= failedAt',
    with: 'segment.start_time >= (failedAt ?? 0)',
    red: { file: slowPayment, test: 'fast-again: the first lines of charge return → fail' },
  },
  {
    name: 'a time in which nobody bought counts against a breaker',
    file: 'labs/02-slow-payment/checks.ts',
    replace: 'if (newestSparedAt - openedAt < PATIENCE_SECONDS) {',
    with: 'if (context.now() - openedAt < PATIENCE_SECONDS) {',
    red: {
      file: slowPayment,
      test: 'breaker: nobody has bought since the breaker opened, so nobody could try the provider → cannot-tell',
    },
  },
  {
    name: 'a checkout that could not be paid counts as whole',
    file: 'labs/01-your-first-trace/checks.ts',
    replace: 'ON_THE_WAY.every((name)',
    with: 'ON_THE_WAY.some((name)',
    red: {
      file: 'labs/01-your-first-trace/checks.test.ts',
      test: 'send-checkout: a checkout that could not be paid is not whole, although its four segments are joined → fail',
    },
  },
  {
    name: 'a lab whose fault is off is judged',
    file: 'labs/server/runs/conditions.ts',
    replace: 'if (present.length < wanted.length) {',
    with: 'if (isReturning) {',
    red: { file: 'labs/server/runs/conditions.test.ts', test: 'nothing is on: off' },
  },
  {
    name: 'new traces are judged although the lab’s fault is off',
    file: 'labs/server/runs/runs.ts',
    replace: "if (conditions(lab).state !== 'as-wanted') return;",
    with: '',
    red: {
      file: 'labs/server/runs/runs.test.ts',
      test: 'new traces are not looked at while the lab’s own fault is off',
    },
  },
  {
    name: 'a process that was mended still counts as crashed',
    file: 'scripts/supervisor/supervisor.ts',
    replace: '    this.crash = undefined;\n    this.startedAt',
    with: '    this.startedAt',
    red: {
      file: 'scripts/supervisor/supervisor.test.ts',
      test: 'a process that throws is crashed, with its last words',
    },
  },
];
