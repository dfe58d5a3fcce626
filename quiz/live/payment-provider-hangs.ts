import { durationOf, type Trace } from '@xray-lab/xray/model';
import { between, oneOf, type Random } from '../draw.ts';
import { countOf, type LiveGenerator } from './generator.ts';
import { bothSides, callsOf, orderOf, wasGivenUp } from './spans.ts';

const attemptsIn = (trace: Trace) => callsOf(trace, 'payment', 'payment-provider');

/** How many attempts, and how long each: what a hanging third party and a retrying caller look like. */
export const paymentProviderHangs: LiveGenerator = {
  id: '1.2-Y02',
  c02: '1.2',
  c03: '1.2',
  difficulty: 'hard',
  facts: ['G02', 'G08'],
  title: 'What one slow order waited for',
  lab: '02-slow-payment',
  fault: 'payment-provider-hangs',
  windowSeconds: 14,
  // The caller's attempts take nine seconds together, and a segment is sent when it is complete.
  settleSeconds: 12,

  draw: (random) => ({ share: between(0.5, 0.8, 0.05, random) }),

  expect({ share }, traces) {
    return countOf(Number(share), traces.flatMap(attemptsIn).length);
  },

  observe: (traces) => traces.flatMap(attemptsIn).filter(wasGivenUp).length,

  measure(traces, nonce, random) {
    const chosen = chooseTrace(traces, random);
    if (!chosen) return undefined;
    const { trace, order } = chosen;
    const waited = attemptsIn(trace).filter(wasGivenUp);
    const total = waited.reduce((sum, call) => sum + durationOf(call), 0);
    const each = total / waited.length;
    const correct = described(waited.length, each);
    return {
      stem: `A customer complains that order ${order} took too long. Its payment waited for calls to payment-provider that got no answer. What does the trace show?`,
      answerLabel: 'Calls without an answer',
      key: { kind: 'choice', choices: choicesFor(waited.length, each, total), correct },
      evidenceLabel: 'The trace, and the id of one call without an answer',
      evidence: [{ traceId: trace.id, entityIds: waited.flatMap((call) => bothSides(trace, call)) }],
      lead: `annotation.orderId = "${order}"`,
      query: `annotation.run = "${nonce}" AND annotation.orderId = "${order}"`,
      explanation: `Under payment, subsegments payment-provider with fault and without http.response: ${correct}. It is the caller's own timeout that ends them.`,
      misreadings: [],
    };
  },
};

/** The number of attempts is drawn first, so that it differs from learner to learner; then a trace that has it. */
function chooseTrace(traces: readonly Trace[], random: Random): { trace: Trace; order: string } | undefined {
  const wanted = 1 + Math.floor(random() * 3);
  const able = traces.flatMap((trace) => {
    const order = orderOf(trace);
    return order && attemptsIn(trace).some(wasGivenUp) ? [{ trace, order }] : [];
  });
  const fitting = able.filter(({ trace }) => attemptsIn(trace).filter(wasGivenUp).length === wanted);
  return oneOf(fitting.length > 0 ? fitting : able, random);
}

const described = (count: number, each: number) =>
  `${count} ${count === 1 ? 'call' : 'calls'} of about ${each.toFixed(1)} s${count === 1 ? '' : ' each'}`;

/** The key among three misreadings of the same trace, in order of size. */
function choicesFor(count: number, each: number, total: number): string[] {
  const readings: [number, number][] = [
    [count, each],
    // The whole wait taken for one call.
    [1, total],
    // The whole wait taken for every call.
    [count, total],
    // Retries instead of attempts.
    [count - 1, each],
    // All that the code would try, whether it had to or not.
    [3, each],
    [count + 1, each],
    // The timeout taken for the sum of the attempts.
    [3, each / 3],
    [2, each / 2],
  ];
  const different = new Map(
    readings
      .filter(([calls]) => calls > 0)
      .map(([calls, seconds]) => [described(calls, seconds), { calls, seconds }]),
  );
  return [...different.entries()]
    .slice(0, 4)
    .sort(([, a], [, b]) => a.calls - b.calls || a.seconds - b.seconds)
    .map(([text]) => text);
}
