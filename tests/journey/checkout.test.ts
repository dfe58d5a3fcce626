/** The main job, end to end: a checkout is traced, read with AWS's own clients, broken by each fault and healed. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  BatchGetTracesCommand,
  GetSamplingRulesCommand,
  GetServiceGraphCommand,
  GetTraceSummariesCommand,
  XRayClient,
} from '@aws-sdk/client-xray';
import { DescribeTableCommand, DynamoDBClient, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { faults } from '@xray-lab/sample-app/faults';
import type { ActiveFault, LabProcess, Sent } from '@xray-lab/labs/server/contract';
import { awsCli, eventually, startStack, type Stack } from '../stack.ts';

/** A fault takes effect, and clears, within this many seconds: measured on the start of the requests that show it. */
const EFFECT_SECONDS = 3;

const aws = await awsCli();
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const now = () => Date.now() / 1000;

let stack: Stack;
let xray: XRayClient;
let dynamodb: DynamoDBClient;

before(async () => {
  stack = await startStack('journey');
  xray = new XRayClient({ region: 'us-east-1', endpoint: stack.xray, credentials });
  dynamodb = new DynamoDBClient({ region: 'us-east-1', endpoint: stack.dynamodb, credentials });
});
after(() => stack?.stop());

interface Doc {
  id: string;
  name: string;
  parent_id?: string;
  origin?: string;
  inferred?: boolean;
  annotations?: Record<string, unknown>;
  subsegments?: Doc[];
}

async function send(): Promise<Sent> {
  const { code, stdout, stderr } = await stack.cli('send', '--json');
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as Sent;
}

async function documentsOf(traceId: string): Promise<Doc[]> {
  const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
  return (Traces?.[0]?.Segments ?? []).map(({ Document }) => JSON.parse(Document!) as Doc);
}

async function wholeTrace(traceId: string): Promise<Doc[]> {
  return eventually(`trace ${traceId} is whole`, async () => {
    const documents = await documentsOf(traceId);
    const names = documents.map(({ name }) => name);
    return (
      ['gateway', 'auth', 'order', 'inventory', 'payment', 'notification'].every((name) =>
        names.includes(name),
      ) && documents
    );
  });
}

async function find(filter: string, start: number, end = now() + 1) {
  const summaries = [];
  let token: string | undefined;
  do {
    const page = await xray.send(
      new GetTraceSummariesCommand({
        StartTime: new Date(start * 1000),
        EndTime: new Date(end * 1000),
        FilterExpression: filter,
        ...(token && { NextToken: token }),
      }),
    );
    summaries.push(...(page.TraceSummaries ?? []));
    token = page.NextToken;
  } while (token);
  return summaries.sort((a, b) => Number(a.StartTime) - Number(b.StartTime));
}

const inAll = (entity: Doc): Doc[] => [entity, ...(entity.subsegments ?? []).flatMap(inAll)];

describe('a checkout', () => {
  test('npm start says how long the first joined trace took, what memory the lab holds, and not how many services took part: a lab asks that', () => {
    assert.match(
      stack.output,
      /First joined trace\s+[\d.]+ s after npm start: 1-[0-9a-f]{8}-[0-9a-f]{24}(?: \([\d.]+ s of it was set-up\))?\n/,
    );
    assert.doesNotMatch(stack.output, /\d+ services/);
    assert.match(stack.output, /Memory\s+\d+ MB, 12 processes/);
  });

  test('is answered with 201 and becomes one trace of six services, two of them with tables', async () => {
    const sent = await send();
    assert.equal(sent.status, 201);
    const documents = await wholeTrace(sent.traceId!);
    const received = documents.filter(({ inferred }) => !inferred);

    assert.deepEqual(received.map(({ name }) => name).sort(), [
      'auth',
      'gateway',
      'inventory',
      'notification',
      'order',
      'payment',
    ]);
    assert.deepEqual(
      received.filter(({ parent_id }) => !parent_id).map(({ name }) => name),
      ['gateway'],
    );
    const ids = new Set(received.flatMap(inAll).map(({ id }) => id));
    for (const segment of documents.filter(({ parent_id }) => parent_id)) {
      assert.ok(ids.has(segment.parent_id!), `${segment.name} hangs under a subsegment of its caller`);
    }
    const gateway = received.find(({ name }) => name === 'gateway')!;
    assert.equal(gateway.annotations?.orderId, sent.orderId);
    assert.ok(gateway.annotations?.customerId);
    assert.equal(gateway.origin, 'AWS::ECS::Container');
    const inferred = documents.filter((each) => each.inferred).map(({ name }) => name);
    assert.ok(
      inferred.includes('payment-provider') && inferred.includes('DynamoDB'),
      `inferred: ${inferred}`,
    );
  });

  test('is found by its order id, and by nothing else', async () => {
    const sent = await send();
    await wholeTrace(sent.traceId!);
    const found = await find(`annotation.orderId = "${sent.orderId}"`, now() - 60);
    assert.deepEqual(
      found.map(({ Id }) => Id),
      [sent.traceId],
    );
  });

  test('draws a map with the client, every service, the third party and the tables, joined by edges', async () => {
    const sent = await send();
    await wholeTrace(sent.traceId!);
    const { Services } = await xray.send(
      new GetServiceGraphCommand({
        StartTime: new Date(Date.now() - 300_000),
        EndTime: new Date(Date.now() + 1000),
      }),
    );
    const node = (name: string, type?: string) =>
      Services!.find((each) => each.Name === name && (!type || each.Type === type));
    const edges = new Set(
      Services!.flatMap((from) =>
        (from.Edges ?? []).map(
          (edge) =>
            `${from.Type === 'client' ? 'client' : from.Name} → ${Services!.find((to) => to.ReferenceId === edge.ReferenceId)!.Name}`,
        ),
      ),
    );
    for (const name of ['gateway', 'auth', 'order', 'payment', 'inventory', 'notification']) {
      assert.equal(node(name, 'AWS::ECS::Container')?.State, 'active', name);
    }
    assert.equal(node('payment-provider')?.Type, 'remote');
    for (const table of ['orders', 'payments']) assert.ok(node(table, 'AWS::DynamoDB::Table'), table);
    for (const edge of [
      'client → gateway',
      'gateway → auth',
      'gateway → order',
      'order → inventory',
      'order → payment',
      'order → notification',
      'order → orders',
      'payment → payment-provider',
      'payment → payments',
    ]) {
      assert.ok(edges.has(edge), `${edge} is not among ${[...edges].join(', ')}`);
    }
  });

  test('is sampled by the rule lab-everything, which every service reads through the daemon', async () => {
    const { SamplingRuleRecords } = await xray.send(new GetSamplingRulesCommand({}));
    assert.ok(SamplingRuleRecords!.some(({ SamplingRule }) => SamplingRule!.RuleName === 'lab-everything'));
    await eventually('gateway names the rule', async () => {
      const documents = await wholeTrace((await send()).traceId!);
      const gateway = documents.find(({ name }) => name === 'gateway') as
        { aws?: { xray?: { rule_name?: string } } } | undefined;
      return gateway?.aws?.xray?.rule_name === 'lab-everything';
    });
  });
});

describe('the AWS CLI', { skip: 'missing' in aws ? aws.missing : false }, () => {
  const run = async (...args: string[]) => {
    const { stdout } = await stack.cli('env');
    const variables = Object.fromEntries(
      [...stdout.matchAll(/^export (\w+)='?([^'\n]*)'?$/gm)].map(([, name, value]) => [name, value]),
    );
    assert.ok(variables.AWS_ENDPOINT_URL_XRAY, `lab env printed: ${stdout}`);
    const answer = await promisify(execFile)('aws', [...args, '--output', 'json'], {
      env: { ...stack.environment, ...variables },
    });
    return answer.stdout ? (JSON.parse(answer.stdout) as Record<string, never[]>) : {};
  };

  test('reads a trace by its id', async () => {
    const sent = await send();
    await wholeTrace(sent.traceId!);
    const { Traces } = (await run('xray', 'batch-get-traces', '--trace-ids', sent.traceId!)) as unknown as {
      Traces: { Segments: { Document: string }[] }[];
    };
    assert.ok(Traces[0]!.Segments.length >= 6);
  });

  test('reads the service graph', async () => {
    const graph = await run(
      'xray',
      'get-service-graph',
      '--start-time',
      String(Math.floor(now() - 300)),
      '--end-time',
      String(Math.ceil(now())),
    );
    assert.ok((graph.Services as { Name: string }[]).some(({ Name }) => Name === 'payment-provider'));
  });

  test('is told which character of a filter is wrong', async () => {
    await assert.rejects(
      run(
        'xray',
        'get-trace-summaries',
        '--start-time',
        String(Math.floor(now() - 60)),
        '--end-time',
        String(Math.ceil(now())),
        '--filter-expression',
        'responsetime >',
      ),
      /InvalidRequestException/,
    );
  });
});

describe('a fault', () => {
  const byCommand = ['payment-provider-hangs', 'orders-table-throttled', 'inventory-unavailable'];

  // Shoppers come by chance; enough of them, and one comes within a second.
  before(async () => assert.equal((await stack.cli('traffic', 'busy')).code, 0));
  after(async () => assert.equal((await stack.cli('traffic', 'calm')).code, 0));

  // By way of the command line; `npm run faults:prove` proves every one of them.
  for (const fault of faults.filter(({ id }) => byCommand.includes(id))) {
    test(`${fault.id} shows its signature, and no longer when it is off`, { timeout: 90_000 }, async () => {
      const before = now();
      await eventually(
        'quiet before',
        async () => (await find(fault.signature.filter, before)).length === 0,
        2,
      );

      const on = now();
      const answer = await stack.cli('fault', 'on', fault.id, '--json');
      assert.equal(answer.code, 0, answer.stderr);
      const shown = await eventually(
        'the signature appears',
        async () => {
          const found = await find(fault.signature.filter, on);
          return found.length >= fault.signature.atLeast && found;
        },
        45,
      );
      const toEffect = Number(shown[0]!.StartTime) / 1000 - on;
      assert.ok(
        toEffect <= EFFECT_SECONDS,
        `the first request that shows it began ${toEffect.toFixed(1)} s after on`,
      );

      assert.equal((await stack.cli('fault', 'off', '--all')).code, 0);
      const off = now();
      // Long enough for a request that hung before `off` to be given up by its caller and reported.
      await sleep(fault.id === 'payment-provider-hangs' ? 14_000 : 6_000);
      const last = (await find(fault.signature.filter, on)).at(-1)!;
      const toClear = Number(last.StartTime) / 1000 - off;
      assert.ok(
        toClear <= EFFECT_SECONDS,
        `the last request that shows it began ${toClear.toFixed(1)} s after off`,
      );
      await eventually(
        'the shop was asked and traced after the fault was off',
        async () => (await find('service("gateway")', off + EFFECT_SECONDS)).length > 0,
      );
    });
  }

  test(
    'orders-table-throttled is cured by raising the table’s write capacity, with the fault still on',
    { timeout: 60_000 },
    async () => {
      const on = now();
      assert.equal((await stack.cli('fault', 'on', 'orders-table-throttled')).code, 0);
      const filter = faults.find(({ id }) => id === 'orders-table-throttled')!.signature.filter;
      await eventually('throttles', async () => (await find(filter, on)).length > 0, 20);

      const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'orders' }));
      assert.ok(
        Table!.ProvisionedThroughput!.WriteCapacityUnits! <= 2,
        'DescribeTable shows the short capacity',
      );
      await dynamodb.send(
        new UpdateTableCommand({
          TableName: 'orders',
          ProvisionedThroughput: { ReadCapacityUnits: 100, WriteCapacityUnits: 100 },
        }),
      );
      const cured = now() + EFFECT_SECONDS;
      await sleep(EFFECT_SECONDS * 1000 + 5_000);
      assert.deepEqual(await find(filter, cured), []);
      await eventually('orders are written', async () => (await find('service("orders")', cured)).length > 0);
      await stack.cli('fault', 'off', '--all');
    },
  );

  const refused = [
    {
      name: 'an unknown fault is refused with the list of those there are',
      args: ['fault', 'on', 'solar-flare'],
      says: /solar-flare[\s\S]*payment-provider-hangs/,
    },
    {
      name: 'a parameter out of range is refused by its name',
      args: ['fault', 'on', 'payment-provider-hangs', '--param', 'share=7'],
      says: /share/,
    },
    {
      name: 'an unknown parameter is refused by its name',
      args: ['fault', 'on', 'payment-provider-hangs', '--param', 'colour=red'],
      says: /colour/,
    },
  ];
  for (const { name, args, says } of refused) {
    test(name, async () => {
      const answer = await stack.cli(...args);
      assert.notEqual(answer.code, 0);
      assert.match(answer.stdout + answer.stderr, says);
      const { stdout } = await stack.cli('fault', 'list', '--json');
      assert.deepEqual(
        (JSON.parse(stdout) as { active: ActiveFault[] }).active,
        [],
        'nothing was switched on',
      );
    });
  }
});

describe('a process', () => {
  const processes = async () => (await (await fetch(`${stack.lab}/lab/processes`)).json()) as LabProcess[];
  const named = async (name: string) => (await processes()).find((each) => each.name === name)!;

  test('can be stopped, which a trace shows from the caller’s side, and started again', async () => {
    assert.equal((await stack.cli('stop', 'inventory')).code, 0);
    assert.equal((await named('inventory')).state, 'stopped');
    const sent = await send();
    assert.equal(sent.status, 201, 'order falls back');
    await eventually(
      'the fault inside is recorded',
      async () => (await find('edge("order", "inventory") { fault }', now() - 10)).length > 0,
    );

    assert.equal((await stack.cli('start', 'inventory')).code, 0);
    await eventually('it is healthy again', async () => (await named('inventory')).healthy);
  });

  test('that dies is named, with its reason and the command that starts it again', async () => {
    process.kill((await named('notification')).pid!, 'SIGKILL');
    const dead = await eventually('it is noticed', async () => {
      const each = await named('notification');
      return each.state === 'crashed' && each;
    });
    assert.match(dead.reason!, /SIGKILL/);
    const status = await stack.cli('status');
    assert.match(status.stdout, /notification.*(crashed|ended by SIGKILL)/i);
    assert.equal((await stack.cli('restart', 'notification')).code, 0);
    await eventually('it is healthy again', async () => (await named('notification')).healthy);
  });

  test('gets its plan back when it is restarted while a fault is on', async () => {
    await stack.cli('fault', 'on', 'inventory-unavailable');
    await stack.cli('restart', 'inventory');
    await eventually('it is healthy again', async () => (await named('inventory')).healthy);
    const restarted = now();
    await eventually(
      'checkouts that began after the restart meet the fault',
      async () => (await find('edge("order", "inventory") { fault }', restarted)).length > 0,
    );
    await stack.cli('fault', 'off', '--all');
  });
});
