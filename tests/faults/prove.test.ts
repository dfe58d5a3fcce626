/**
 * `npm run faults:prove`: every fault of the catalogue, on and off, in a whole lab with calm shoppers. A fault is proven
 * when new traces show its signature within its time of being switched on, and no longer within its time of being
 * switched off; both are measured on the moment at which the requests began. One line each, then the slowest ones; then
 * the AWS CLI is asked with every signature, and must find the same traces.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { BatchGetTracesCommand, GetTraceSummariesCommand, XRayClient } from '@aws-sdk/client-xray';
import { faults, type Fault } from '../../sample-app/faults/index.ts';
import { subsegmentsOf, type Entity } from '../../sample-app/tests/shop.ts';
import { startExtraClient, type ExtraClient } from '../../sample-app/traffic/index.ts';
import type { Faults } from '../../labs/server/contract.ts';
import { awsCli, eventually, startStack, type Stack } from '../stack.ts';

/** How long a request may take to be reported: the slowest waits for three timeouts of 3 s. */
const REPORT_SECONDS = 11;
/** Shoppers come by chance. A gap between two of them is not the fault's doing. */
const GAP_SECONDS = 1;
/** How long a signature must stay away to be called gone. */
const QUIET_SECONDS = 2;

const aws = await awsCli();
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };

let stack: Stack;
let xray: XRayClient;

const now = () => Date.now() / 1000;

before(async () => {
  stack = await startStack('faults');
  xray = new XRayClient({ endpoint: stack.xray, region: 'us-east-1', credentials });
  assert.equal((await stack.cli('traffic', 'busy')).code, 0);
});
after(() => stack?.stop());

interface Found {
  id: string;
  /** When its request began, epoch seconds. */
  start: number;
}

/** The traces that X-Ray finds in this time: also those that began before it and ended in it. */
async function matching(filter: string, since: number, until: number): Promise<Found[]> {
  const found: Found[] = [];
  let NextToken: string | undefined;
  do {
    const page = await xray.send(
      new GetTraceSummariesCommand({
        TimeRangeType: 'Event',
        StartTime: new Date(since * 1000),
        EndTime: new Date(until * 1000),
        FilterExpression: filter,
        NextToken,
      }),
    );
    for (const { Id, StartTime } of page.TraceSummaries ?? [])
      found.push({ id: Id!, start: Number(StartTime) / 1000 });
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** The traces that match and began since then, oldest first. */
const traces = async (filter: string, since: number): Promise<Found[]> =>
  (await matching(filter, since, now() + 60))
    .filter(({ start }) => start >= since)
    .sort((a, b) => a.start - b.start);

/** When the requests of the traces that match began, oldest first. */
const starts = async (filter: string, since: number) =>
  (await traces(filter, since)).map(({ start }) => start);

/** The documents of a trace, as the services sent them. */
async function documents(id: string): Promise<Entity[]> {
  const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [id] }));
  return (Traces?.[0]?.Segments ?? []).map(({ Document }) => JSON.parse(Document!) as Entity);
}

/** What a filter expression can't ask: whether a trace that was begun with the fault applied bears its mark. */
const closer: Readonly<Record<string, (id: string) => Promise<void>>> = {
  // Only a rule that came from X-Ray is named.
  'sampling-calls-denied': async (id) => {
    const first = (await documents(id)).find(({ name }) => name === 'gateway');
    assert.ok(first && !('sampling_rule_name' in (first.aws?.xray ?? {})), JSON.stringify(first?.aws));
  },
  'failures-of-every-kind': async () => {
    const since = now() - 15;
    for (const filter of [
      ...['404', '409', '403', '429'].map((status) => `http.status = ${status}`),
      'service("inventory") { http.status = 500 }',
      'ok AND service("inventory") { http.status = 503 }',
      'edge("payment", "payment-provider") { fault }',
    ])
      await eventually(filter, async () => (await traces(filter, since)).length > 0, 30);

    const refused = 'http.status = 409 AND service("inventory") { error }';
    const { id } = await eventually(refused, async () => (await traces(refused, since))[0], 30);
    const inventory = (await documents(id)).find(({ name }) => name === 'inventory');
    const [write] = subsegmentsOf(inventory!).filter(({ name }) => name === 'DynamoDB');
    assert.deepEqual(
      [write?.http?.response?.status, write?.cause?.exceptions?.[0]?.type, write?.error, write?.throttle],
      [400, 'ConditionalCheckFailedException', true, undefined],
    );
  },
};

/** Sent all through a proof where shoppers come too seldom to tell their absence from the fault's doing. */
const alsoSent: Readonly<Record<string, ExtraClient>> = {
  'rare-route-hardly-sampled': { kind: 'client', sends: 'refund', perSecond: 2, customerId: 'c-906' },
  'refund-never-arrives': { kind: 'client', sends: 'refund', perSecond: 2, customerId: 'c-907' },
};

async function post(path: string, body: object = {}): Promise<void> {
  const answer = await fetch(`${stack.lab}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.text());
}

const off = () => fetch(`${stack.lab}/lab/faults`, { method: 'DELETE' });

/** Of each proven fault: seconds to effect and to the end, and the time in which its traces are. */
const proven: { fault: Fault; on: number; cleared: number; from: number; to: number }[] = [];

describe('faults', () => {
  for (const fault of faults) {
    test(`${fault.id}: ${fault.signature.shows}`, { timeout: 120_000 }, async (context) => {
      const from = now();
      const client = alsoSent[fault.id];
      const leave = client && startExtraClient(stack.gateway, client, () => undefined);
      try {
        const { on, cleared } = await proofs[fault.signature.shows](fault);
        proven.push({ fault, on, cleared, from, to: now() });
        context.diagnostic(`${fault.id.padEnd(36)} on ${on.toFixed(1)} s   off ${cleared.toFixed(1)} s`);
      } finally {
        leave?.();
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

  test('in sum', (context) => {
    for (const what of ['on', 'cleared'] as const) {
      const sorted = proven.toSorted((a, b) => a[what] - b[what]);
      const median = sorted[Math.floor(sorted.length / 2)];
      const slowest = sorted.slice(-3).reverse();
      context.diagnostic(
        `${what === 'on' ? 'to effect' : 'to clear '}  median ${median?.[what].toFixed(1)} s, at most ` +
          slowest.map((one) => `${one[what].toFixed(1)} s (${one.fault.id})`).join(', '),
      );
    }
    context.diagnostic(`${proven.length} of ${faults.length} faults proven`);
  });

  const skip = 'missing' in aws ? aws.missing : false;
  test(
    'each signature, pasted into the AWS CLI, finds the same traces',
    { skip, timeout: 120_000 },
    async (context) => {
      const asked = proven.filter(({ fault }) => fault.signature.shows === 'appears');
      assert.ok(asked.length > 0, 'no fault was proven before');
      const began = now();
      // Two at a time: the CLI is a program of half a second, and the machine may have two processors.
      const queue = [...asked];
      await Promise.all(
        [1, 2].map(async () => {
          for (let one = queue.shift(); one; one = queue.shift()) {
            const { fault, from, to } = one;
            const expected = (await matching(fault.signature.filter, from, to)).map(({ id }) => id);
            assert.ok(expected.length > 0, fault.id);
            assert.deepEqual(
              new Set(await byAwsCli(fault.signature.filter, from, to)),
              new Set(expected),
              fault.id,
            );
          }
        }),
      );
      context.diagnostic(`${asked.length} filters in ${(now() - began).toFixed(0)} s`);
    },
  );
});

/** The ids that `aws xray get-trace-summaries` prints, in the terminal of a learner. */
async function byAwsCli(filter: string, from: number, to: number): Promise<string[]> {
  const time = (seconds: number) => new Date(seconds * 1000).toISOString();
  const { stdout } = await promisify(execFile)(
    'aws',
    [
      ...['xray', 'get-trace-summaries', '--time-range-type', 'Event', '--start-time', time(from)],
      ...[
        '--end-time',
        time(to),
        '--filter-expression',
        filter,
        '--query',
        'TraceSummaries[].[Id, StartTime]',
      ],
      ...['--output', 'text'],
    ],
    {
      maxBuffer: 16 * 1024 * 1024,
      env: {
        ...process.env,
        AWS_ENDPOINT_URL_XRAY: stack.xray,
        AWS_DEFAULT_REGION: 'us-east-1',
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      },
    },
  );
  return stdout
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter((id) => id !== '' && id !== 'None');
}

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
    await applied(began + withinSeconds + GAP_SECONDS);
    const seen = now();
    if (closer[id]) {
      const marked = async () => (await traces(filter, seen))[0]?.id;
      await closer[id](await eventually('a trace begun with the fault applied', marked, REPORT_SECONDS));
    }

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

/** Resolves when the lab says that the fault is in force; throws why it is not, after the deadline (epoch seconds). */
async function applied(deadline: number): Promise<void> {
  for (;;) {
    const { active } = (await (await fetch(`${stack.lab}/lab/faults`)).json()) as Faults;
    if (active.length === 1 && active[0]!.applied) return;
    assert.ok(now() < deadline, `not applied: ${JSON.stringify(active)}`);
    await sleep(200);
  }
}

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
