/**
 * `npm run faults:prove`: every fault of the catalogue, on and off, in a whole lab with calm shoppers. A fault is proven
 * when new traces show its signature within its time of being switched on, and no longer within its time of being
 * switched off; both are measured on the moment at which the requests began. One line each.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';
import { faults, type Fault } from '../../sample-app/faults/index.ts';
import type { Faults } from '../../labs/server/contract.ts';
import { eventually, startStack, type Stack } from '../stack.ts';

/** How long a request may take to be reported: the slowest waits for three timeouts of 3 s. */
const REPORT_SECONDS = 11;
/** Shoppers come by chance. A gap between two of them is not the fault's doing. */
const GAP_SECONDS = 1;
/** How long a signature must stay away to be called gone. */
const QUIET_SECONDS = 2;

let stack: Stack;
let xray: XRayClient;

const now = () => Date.now() / 1000;

before(async () => {
  stack = await startStack('faults', 26_000);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  xray = new XRayClient({ endpoint: stack.xray, region: 'us-east-1', credentials });
  assert.equal((await stack.cli('traffic', 'busy')).code, 0);
});
after(() => stack?.stop());

/** When the requests of the traces that match began, oldest first, epoch seconds. */
async function starts(filter: string, since: number): Promise<number[]> {
  const found: number[] = [];
  const EndTime = new Date(Date.now() + 60_000);
  let NextToken: string | undefined;
  do {
    const page = await xray.send(
      new GetTraceSummariesCommand({
        TimeRangeType: 'Event',
        StartTime: new Date(since * 1000),
        EndTime,
        FilterExpression: filter,
        NextToken,
      }),
    );
    for (const { StartTime } of page.TraceSummaries ?? []) found.push(Number(StartTime) / 1000);
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found.filter((start) => start >= since).sort((a, b) => a - b);
}

async function post(path: string, body: object = {}): Promise<void> {
  const answer = await fetch(`${stack.lab}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.text());
}

const off = () => fetch(`${stack.lab}/lab/faults`, { method: 'DELETE' });

describe('faults', () => {
  for (const fault of faults) {
    test(`${fault.id}: ${fault.signature.shows}`, { timeout: 120_000 }, async (context) => {
      try {
        const { on, cleared } = await proofs[fault.signature.shows](fault);
        context.diagnostic(`${fault.id.padEnd(36)} on ${on.toFixed(1)} s   off ${cleared.toFixed(1)} s`);
      } finally {
        await off();
        await eventually(
          'the shop is whole again',
          async () => {
            const found = await starts('service("gateway") AND ok', now() - 3);
            return found.length > 0;
          },
          40,
        );
      }
    });
  }
});

type Proof = (fault: Fault) => Promise<{ on: number; cleared: number }>;

const proofs: Record<Fault['signature']['shows'], Proof> = {
  async appears({ id, signature: { filter, atLeast, withinSeconds } }) {
    const began = now();
    await post(`/lab/faults/${id}`);
    const shown = await eventually(
      `traces that match ${filter}`,
      async () => {
        const found = await starts(filter, began);
        return found.length >= atLeast && found;
      },
      withinSeconds + REPORT_SECONDS + GAP_SECONDS,
    );
    const on = Math.max(0, shown[0]! - began);
    assert.ok(on <= withinSeconds + GAP_SECONDS, `took effect after ${on.toFixed(1)} s`);
    const { active } = (await (await fetch(`${stack.lab}/lab/faults`)).json()) as Faults;
    assert.deepEqual(
      active.map(({ applied, reason }) => ({ applied, reason })),
      [{ applied: true, reason: undefined }],
    );

    const ended = now();
    await off();
    const last = await lastStart(filter, began, withinSeconds);
    const cleared = Math.max(0, last - ended);
    assert.ok(cleared <= withinSeconds + GAP_SECONDS, `cleared after ${cleared.toFixed(1)} s`);
    return { on, cleared };
  },

  async vanishes({ id, signature: { filter, withinSeconds } }) {
    const early = now();
    await eventually('traces that match before', async () => (await starts(filter, early)).length > 0, 40);
    const began = now();
    await post(`/lab/faults/${id}`);
    const last = await lastStart(filter, early, withinSeconds, 5);
    const on = Math.max(0, last - began);
    assert.ok(on <= withinSeconds + GAP_SECONDS, `took effect after ${on.toFixed(1)} s`);

    const ended = now();
    await off();
    const back = await eventually(
      `traces that match ${filter} again`,
      async () => {
        const found = await starts(filter, ended);
        return found.length > 0 && found;
      },
      withinSeconds + REPORT_SECONDS + 20,
    );
    const cleared = back[0]! - ended;
    assert.ok(cleared <= withinSeconds + GAP_SECONDS, `cleared after ${cleared.toFixed(1)} s`);
    return { on, cleared };
  },

  async never({ id, signature: { filter } }) {
    const began = now();
    await post(`/lab/faults/${id}`);
    await sleep(8000);
    assert.ok((await starts('service("gateway")', began)).length >= 10, 'there was traffic to judge');
    assert.deepEqual(await starts(filter, began), []);
    return { on: 0, cleared: 0 };
  },
};

/** When the last request that matches began, once none has for some seconds. */
async function lastStart(
  filter: string,
  since: number,
  withinSeconds: number,
  quietSeconds = QUIET_SECONDS,
): Promise<number> {
  const asked = now();
  return eventually(
    `no more traces that match ${filter}`,
    async () => {
      const last = (await starts(filter, since)).at(-1) ?? since;
      return now() - Math.max(last, asked) > quietSeconds && last;
    },
    withinSeconds + REPORT_SECONDS + quietSeconds,
  );
}
