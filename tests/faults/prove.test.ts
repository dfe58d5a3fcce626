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
import type { Entity } from '../../sample-app/tests/shop.ts';
import { startExtraClient } from '../../sample-app/traffic/index.ts';
import type { Faults } from '../../labs/server/contract.ts';
import { awsCli, eventually, startStack, type Stack } from '../stack.ts';
import { alsoSent, parameters } from './circumstances.ts';
import { elsewhere, shopServes } from './elsewhere.ts';
import { marks, Segments, withoutMark } from './marks.ts';

/** How long a request may take to be reported: the slowest waits for three timeouts of 3 s. */
const REPORT_SECONDS = 11;
/** Shoppers come by chance. A gap between two of them is not the fault's doing. */
const GAP_SECONDS = 1;
/** How long to wait for a mark that only some traces bear: one of seven kinds may come every ten seconds. */
const MARK_SECONDS = 40;
/** Of how long the segments are that a daemon may hold: two batches that are sent, each tried twice. */
const HELD_SECONDS = 4;
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

/** How many of the traces that could bear a mark are looked at. */
const MOST_LOOKED_AT = 10;

/** Traces that began since then bear every mark of the fault; throws the filter of the one that was not found. */
async function assertMarks({ id, signature }: Fault, since: number, switchedOn: number): Promise<void> {
  for (const { filter = signature.filter, bears, each, isOneTrace } of marks[id] ?? []) {
    await eventually(
      `traces that match ${filter} and bear the mark of ${id}`,
      async () => {
        const found = (await traces(filter, isOneTrace ? switchedOn : since)).slice(0, MOST_LOOKED_AT);
        const borne = await Promise.all(
          found.map(async (trace) => bears(new Segments(await documents(trace.id)))),
        );
        return each ? borne.length > 0 && borne.every(Boolean) : borne.some(Boolean);
      },
      MARK_SECONDS,
    );
  }
}

async function post(path: string, body: object = {}): Promise<void> {
  const answer = await fetch(`${stack.lab}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  assert.equal(answer.status, 200, await answer.text());
}

const on = ({ id }: Fault) => post(`/lab/faults/${id}`, { parameters: parameters[id] ?? {} });
const off = () => fetch(`${stack.lab}/lab/faults`, { method: 'DELETE' });

/** Of each proven fault: seconds to effect and to the end, and the time in which its traces are. */
const proven: { fault: Fault; on: number; cleared: number; from: number; to: number }[] = [];

describe('faults', () => {
  for (const fault of faults) {
    test(`${fault.id}: ${fault.signature.shows}`, { timeout: 120_000 }, async (context) => {
      const from = now();
      const client = alsoSent[fault.id];
      let leave = () => {};
      const clientComes = () => {
        if (client) leave = startExtraClient(stack.gateway, client, () => undefined);
      };
      try {
        clientComes();
        const others = { leave: () => leave(), come: clientComes };
        const { on, cleared } = await proofs[fault.signature.shows](fault, others);
        proven.push({ fault, on, cleared, from, to: now() });
        context.diagnostic(`${fault.id.padEnd(36)} on ${on.toFixed(1)} s   off ${cleared.toFixed(1)} s`);
      } finally {
        leave();
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

  test('each fault has a mark, or a reason why traces cannot have one', () => {
    const marked = new Set([...Object.keys(marks), ...withoutMark]);
    assert.deepEqual(marked, new Set(faults.map(({ id }) => id)));
  });

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

/** @param others the client of `alsoSent`, which can leave and come back. */
type Proof = (
  fault: Fault,
  others: { leave(): void; come(): void },
) => Promise<{ on: number; cleared: number }>;

const proofs: Record<Fault['signature']['shows'], Proof> = {
  async appears(fault) {
    const {
      id,
      signature: { filter, atLeast, withinSeconds },
    } = fault;
    const seenElsewhere = await elsewhere[id]?.(stack);
    const began = now();
    await on(fault);
    const shown = await eventually(
      `traces that match ${filter}`,
      async () => {
        const found = await starts(filter, began);
        return found.length >= atLeast && found;
      },
      withinSeconds + REPORT_SECONDS + GAP_SECONDS,
    );
    const effect = Math.max(0, shown[0]! - began);
    assert.ok(effect <= withinSeconds + GAP_SECONDS, `took effect after ${effect.toFixed(1)} s`);
    await applied(began + withinSeconds + GAP_SECONDS);
    await assertMarks(fault, now(), began);
    await seenElsewhere?.();

    const ended = now();
    await off();
    const last = await lastStart(filter, began, withinSeconds);
    const cleared = Math.max(0, last - ended);
    assert.ok(cleared <= withinSeconds + GAP_SECONDS, `cleared after ${cleared.toFixed(1)} s`);
    return { on: effect, cleared };
  },

  async vanishes(fault, others) {
    const {
      id,
      signature: { filter, withinSeconds },
    } = fault;
    const early = now();
    await eventually('traces that match before', async () => (await starts(filter, early)).length > 0, 40);
    const seenElsewhere = await elsewhere[id]?.(stack);
    const began = now();
    await on(fault);
    const last = await lastStart(filter, early, withinSeconds, 5);
    const effect = Math.max(0, last - began);
    assert.ok(effect <= withinSeconds + GAP_SECONDS, `took effect after ${effect.toFixed(1)} s`);
    // That nothing is found any more must be the fault's doing, and what the fault sends must be there without others.
    others.leave();
    await shopServes(stack);
    await assertMarks(fault, now(), began);
    await seenElsewhere?.();
    others.come();

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
    // What only came late has not vanished. A daemon that ends sends what it holds, which is of the last seconds.
    const late = (await starts(filter, Math.max(last, began) + GAP_SECONDS)).filter(
      (start) => start < ended - HELD_SECONDS,
    );
    assert.deepEqual(late, [], 'traces that were begun while it was on arrived after all');
    const cleared = back[0]! - ended;
    assert.ok(cleared <= withinSeconds + GAP_SECONDS, `cleared after ${cleared.toFixed(1)} s`);
    return { on: effect, cleared };
  },

  async never(fault) {
    const { filter } = fault.signature;
    const began = now();
    await on(fault);
    await sleep(8000);
    assert.ok((await starts('service("gateway")', began)).length >= 10, 'there was traffic to judge');
    assert.deepEqual(await starts(filter, began), []);
    await assertMarks(fault, began, began);
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
