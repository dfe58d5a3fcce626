import type { Trace } from '@xray-lab/xray/model';
import { between, oneOf } from '../draw.ts';
import { countOf, isClose, type LiveGenerator } from './generator.ts';
import { bothSides, callsOf, isFaulty, rootIsOk } from './spans.ts';

const reservations = (trace: Trace) => callsOf(trace, 'order', 'inventory');
const isHandled = (trace: Trace) => rootIsOk(trace) && reservations(trace).some(isFaulty);

/** How many customers were served although a service behind the scenes failed: what the root does not show. */
export const inventoryUnavailable: LiveGenerator = {
  id: '1.1-L11',
  c02: '1.1',
  c03: '1.1',
  difficulty: 'hard',
  facts: ['F05', 'G07'],
  title: 'Failures that no customer noticed',
  fault: 'inventory-unavailable',
  windowSeconds: 14,
  settleSeconds: 4,

  draw: (random) => ({
    share: between(0.15, 0.4, 0.01, random),
    status: oneOf([500, 502, 503, 504], random) ?? 503,
  }),

  expect: ({ share }, traces) =>
    countOf(Number(share), traces.filter((trace) => reservations(trace).length > 0).length),

  observe: (traces) => traces.filter((trace) => reservations(trace).some(isFaulty)).length,

  measure(traces, nonce) {
    const handled = traces.filter(isHandled);
    const value = handled.length;
    const misreadings = [
      { value: 0, why: 'The filter fault looks at the root, and the root is ok.' },
      { value: traces.length, why: 'These are all checkouts of the run, with those that met no failure.' },
      { value: traces.length - value, why: 'These are the checkouts that met no failure.' },
    ];
    if (misreadings.some((reading) => isClose(reading.value, value, 1))) return undefined;
    return {
      stem: `In run ${nonce}, some checkouts met a failure of inventory although the customer got a good answer. How many?`,
      answerLabel: 'Checkouts with a failure that nobody noticed',
      key: { kind: 'number', value, unit: 'checkouts' },
      evidenceLabel: 'One of these traces, and the id of the failed call in it',
      evidence: handled.map((trace) => ({
        traceId: trace.id,
        entityIds: reservations(trace)
          .filter(isFaulty)
          .flatMap((call) => bothSides(trace, call)),
      })),
      lead: `annotation.run = "${nonce}"`,
      query: `annotation.run = "${nonce}" AND ok AND edge("order", "inventory") { fault }`,
      explanation: `Of ${traces.length} checkouts, ${value} have an ok root and a faulty call from order to inventory.`,
      misreadings,
    };
  },
};
