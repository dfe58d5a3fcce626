/**
 * What a fault shows elsewhere than in traces, where `lookFor` sends its reader: in a log, or in an answer. For those that
 * keep traces away it is all there is.
 */
import assert from 'node:assert/strict';
import { request } from '../../sample-app/traffic/send-checkout.ts';
import { eventually, type Stack } from '../stack.ts';

/** Takes a look before the fault is on; what it returns resolves once the fault has been seen, and rejects when it was not. */
type Look = (stack: Stack) => Promise<() => Promise<void>>;

const LOG_SECONDS = 15;

async function linesOf({ lab }: Stack, process: string, line: RegExp): Promise<number> {
  const log = await fetch(`${lab}/lab/processes/${process}/log?lines=5000`);
  const { lines } = (await log.json()) as { lines: string[] };
  return lines.filter((text) => line.test(text)).length;
}

/** A line of this kind comes into a process's log when the fault goes on, or while it is. */
const logs =
  (process: string, line: RegExp): Look =>
  async (stack) => {
    const before = await linesOf(stack, process, line);
    return async () => {
      const isThere = async () => (await linesOf(stack, process, line)) > before;
      await eventually(`${line} in the log of ${process}`, isThere, LOG_SECONDS);
    };
  };

/** Asked once the fault is on. */
const then =
  (ask: (stack: Stack) => Promise<void>): Look =>
  async (stack) =>
  () =>
    ask(stack);

/** The fault's own client is served: shoppers, too, give something back, but not every second. */
const refunds = then(async (stack) => {
  const count = () => linesOf(stack, 'gateway', /POST \/orders\/o-\w+\/refund 200/);
  const before = await count();
  await eventually('refunds that gateway answered', async () => (await count()) >= before + 4, 7);
});

export const elsewhere: Readonly<Record<string, Look>> = {
  'daemon-not-authorised': logs('xray-daemon', /AccessDeniedException: .*xray:PutTraceSegments/),
  'daemon-in-another-region': logs('xray-daemon', /Using region: eu-west-1/),
  'daemon-spills-over': logs('xray-daemon', /Sending segment batch failed/),
  'refund-never-arrives': refunds,
  'rare-route-hardly-sampled': refunds,
  'sampling-calls-denied': then(async ({ daemon }) => {
    const answer = await fetch(`${daemon}/GetSamplingRules`, { method: 'POST', body: '{}' });
    assert.equal(answer.status, 403);
    assert.match(await answer.text(), /xray:GetSamplingRules/);
  }),
  'sampling-rule-eats-checkout': then(async ({ gateway }) => {
    const { status, traceId } = await request(gateway, 'POST', '/checkout', undefined, {
      items: [{ sku: 'beans-500', quantity: 1 }],
      card: { brand: 'visa' },
    });
    assert.deepEqual({ status, traceId }, { status: 201, traceId: undefined });
  }),
};

/** The shop serves its customers although no trace says so: otherwise that it is dead would look the same. */
export async function shopServes({ gateway }: Stack): Promise<void> {
  const { status, body } = await request(gateway, 'POST', '/checkout', undefined, {
    items: [{ sku: 'beans-500', quantity: 1 }],
    card: { brand: 'visa' },
  });
  assert.equal(status, 201, JSON.stringify(body));
}
