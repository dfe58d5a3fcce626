import {
  CreateGroupCommand,
  DeleteGroupCommand,
  GetInsightCommand,
  GetInsightEventsCommand,
  GetInsightImpactGraphCommand,
  GetInsightSummariesCommand,
  UpdateGroupCommand,
  type GetInsightSummariesCommandInput,
  type Insight,
  type ServiceId,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, test } from 'node:test';
import pino from 'pino';
import { createApi } from '../api/server.ts';
import { detection } from '../insights/detection.ts';
import { InsightWatch, type InsightNotice } from '../insights/watch.ts';
import { newTraceId } from '../model/index.ts';
import { openStore } from '../store/sqlite/index.ts';
import { clientFor, newId, onlyLocal, put, temporaryFolder } from './harness.ts';

/** These facts need a clock that can be set: AWS's insights take their own time. */
const local = { skip: onlyLocal };

const { intervalSeconds, settleSeconds, quietIntervals } = detection;

const folder = temporaryFolder();

/** An API with its watch over insights, an empty store and a clock of its own, at the start of an interval. */
async function startLab(file = ':memory:', startAt = Math.floor(Date.now() / 1e5) * 100 - 3_600) {
  let time = startAt;
  const now = () => time;
  const store = openStore(file === ':memory:' ? file : join(folder, file));
  const notices: InsightNotice[] = [];
  const watch = new InsightWatch(store, { now, onEvent: (notice) => notices.push(notice) });
  const server = createServer(createApi({ store, now, log: pino({ level: 'silent' }) }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = clientFor(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    client.destroy();
    server.close();
    server.closeAllConnections();
    store.close();
  };
  after(close);

  return {
    client,
    store,
    notices,
    watch,
    now,
    close,
    /** Lets time pass, and the watch run every five seconds of it, as it does in the program. */
    async pass(seconds: number) {
      for (let passed = 0; passed < seconds; passed += 5) {
        time += Math.min(5, seconds - passed);
        await watch.round();
      }
    },
    /** Lets time pass with a checkout twice a second, of which each one that `fails` says goes wrong. */
    async shop(seconds: number, fails: (count: number) => boolean, entry = 'gateway') {
      for (let passed = 0; passed < seconds; passed += 5) {
        const segments = Array.from({ length: 10 }, (_, index) =>
          checkout(time + index / 2, fails(passed * 2 + index), entry),
        ).flat();
        await put(client, ...segments);
        await this.pass(Math.min(5, seconds - passed));
      }
    },
    async summaries(input: Partial<GetInsightSummariesCommandInput> = {}) {
      const output = await client.send(
        new GetInsightSummariesCommand({
          StartTime: date(time - 7_200),
          EndTime: date(time),
          ...(input.GroupARN === undefined && { GroupName: 'shop' }),
          ...input,
        }),
      );
      return output.InsightSummaries!;
    },
    createGroup: (GroupName: string, FilterExpression: string, NotificationsEnabled = false) =>
      client.send(
        new CreateGroupCommand({
          GroupName,
          FilterExpression,
          InsightsConfiguration: { InsightsEnabled: true, NotificationsEnabled },
        }),
      ),
  };
}

const date = (seconds: number) => new Date(seconds * 1_000);
const never = () => false;
const always = () => true;
const half = (count: number) => count % 2 === 0;

/** A checkout: gateway → order → the table orders, where it fails if it fails. Another one only says hello. */
function checkout(start: number, isFault: boolean, entry: string): object[] {
  const trace_id = newTraceId(start, Math.random);
  const [gateway, call, order, write] = [newId(), newId(), newId(), newId()];
  const end_time = start + 0.2;
  const fault = isFault ? { fault: true } : {};
  const answer = { http: { response: { status: isFault ? 500 : 200 } } };
  const remote = {
    id: call,
    name: 'order',
    namespace: 'remote',
    start_time: start,
    end_time,
    ...answer,
    ...fault,
  };
  const table = {
    id: write,
    name: 'DynamoDB',
    namespace: 'aws',
    aws: { operation: 'PutItem', table_name: 'orders' },
  };
  return [
    {
      trace_id,
      id: gateway,
      name: entry,
      start_time: start,
      end_time,
      ...answer,
      ...fault,
      subsegments: [remote],
    },
    {
      trace_id,
      id: order,
      parent_id: call,
      name: 'order',
      start_time: start,
      end_time,
      ...answer,
      ...fault,
      subsegments: [{ ...table, start_time: start, end_time, ...fault }],
    },
  ];
}

const theOne = <Item>(items: readonly Item[]): Item => {
  assert.equal(items.length, 1);
  return items[0]!;
};
const names = (services: { ServiceId?: ServiceId | undefined }[] | undefined) =>
  services?.map(({ ServiceId: id }) => id?.Name).sort();

test(
  'an insight is opened when faults begin, grows with them, and is closed when they end',
  local,
  async () => {
    const lab = await startLab();
    const { Group } = await lab.createGroup('shop', 'service("gateway")');
    await lab.shop(60, never);
    assert.deepEqual(await lab.summaries(), []);

    const began = lab.now();
    let opened: Insight | undefined;
    while (!opened) {
      await lab.shop(5, half);
      [opened] = await lab.summaries();
      assert.equal(lab.now() - began <= 60, true, 'no insight within a minute');
    }
    assert.equal(opened.State, 'ACTIVE');
    assert.equal(opened.EndTime, undefined);
    assert.equal(opened.GroupName, 'shop');
    assert.equal(opened.GroupARN, Group!.GroupARN);
    assert.deepEqual(opened.RootCauseServiceId, {
      Name: 'orders',
      Names: ['orders'],
      Type: 'AWS::DynamoDB::Table',
    });
    assert.deepEqual(opened.Categories, ['FAULT']);
    assert.equal(opened.StartTime!.getTime() / 1000, began);
    assert.deepEqual(names(opened.TopAnomalousServices), ['gateway', 'order', 'orders']);
    assert.equal(opened.TopAnomalousServices![0]!.ServiceId!.Name, 'orders');
    assert.match(opened.InsightId!, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.match(opened.Summary!, /orders/);
    const first = opened.ClientRequestImpactStatistics!;
    assert.equal(first.FaultCount, first.TotalCount! / 2);
    assert.equal(first.OkCount, first.TotalCount! / 2);

    await lab.shop(60 - (lab.now() - began), half);
    await lab.shop(settleSeconds + 5, never);
    const { Insight: grown } = await lab.client.send(new GetInsightCommand({ InsightId: opened.InsightId }));
    assert.deepEqual(grown!.ClientRequestImpactStatistics, { FaultCount: 60, OkCount: 60, TotalCount: 120 });
    assert.deepEqual(grown!.RootCauseServiceRequestImpactStatistics, {
      FaultCount: 60,
      OkCount: 60,
      TotalCount: 120,
    });
    assert.equal('LastUpdateTime' in grown!, false);

    await lab.shop((quietIntervals + 1) * intervalSeconds, never);
    const closed = theOne(await lab.summaries());
    assert.equal(closed.InsightId, opened.InsightId);
    assert.equal(closed.State, 'CLOSED');
    assert.equal(closed.EndTime!.getTime() / 1000, began + 60);
    assert.deepEqual(closed.ClientRequestImpactStatistics, { FaultCount: 60, OkCount: 60, TotalCount: 120 });
    assert.equal(closed.LastUpdateTime! > closed.EndTime!, true);

    assert.equal((await lab.summaries({ States: ['CLOSED'] })).length, 1);
    assert.equal((await lab.summaries({ States: ['ACTIVE'] })).length, 0);
    assert.equal((await lab.summaries({ GroupARN: Group!.GroupARN })).length, 1);
    assert.equal((await lab.summaries({ EndTime: date(began - 1) })).length, 0);

    const { InsightEvents } = await lab.client.send(
      new GetInsightEventsCommand({ InsightId: opened.InsightId }),
    );
    const faults = InsightEvents!.map(
      ({ ClientRequestImpactStatistics: impact }) => impact?.FaultCount ?? NaN,
    );
    assert.equal(InsightEvents!.length >= 2, true);
    assert.deepEqual(
      faults,
      faults.toSorted((a, b) => b - a),
    );
    assert.equal(faults[0], 60);
    assert.equal(faults.at(-1), first.FaultCount);
    assert.match(InsightEvents![0]!.Summary!, /back in the expected range/);
  },
);

test('a share of faults that never changes opens none', local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', '');
  await lab.shop(180, (count) => count % 5 === 0);
  assert.deepEqual(await lab.summaries(), []);
});

test('two groups are watched apart, by their own requests', local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', 'service("gateway")');
  await lab.createGroup('desk', 'service("desk")');
  const both = async (seconds: number, deskFails: () => boolean) => {
    for (let passed = 0; passed < seconds; passed += 5) {
      for (let index = 0; index < 10; index++) {
        await put(lab.client, ...checkout(lab.now() + index / 2, deskFails(), 'desk'));
      }
      await lab.shop(5, never);
    }
  };
  await both(60, never);
  await both(60, always);
  assert.deepEqual(await lab.summaries(), []);
  const insight = theOne(await lab.summaries({ GroupName: 'desk' }));
  assert.deepEqual(names(insight.TopAnomalousServices), ['desk', 'order', 'orders']);
});

test('a group whose insights are turned on learns from the traces before', local, async () => {
  const lab = await startLab();
  await lab.shop(60, never);
  await lab.createGroup('shop', '');
  await lab.shop(50, always);
  const insight = theOne(await lab.summaries());
  assert.equal(insight.State, 'ACTIVE');
});

test('trouble that was over before insights were turned on is no insight', local, async () => {
  const lab = await startLab();
  await lab.shop(60, never);
  await lab.shop(60, always);
  await lab.shop(120, never);
  await lab.createGroup('shop', '');
  await lab.shop(60, never);
  assert.deepEqual(await lab.summaries(), []);
});

test('what is known outlives the process, and trouble that ended meanwhile is closed', local, async () => {
  const before = await startLab('restart.sqlite');
  await before.createGroup('shop', '');
  await before.shop(60, never);
  await before.shop(60, always);
  const active = theOne(await before.summaries());
  assert.equal(active.State, 'ACTIVE');
  const stopped = before.now();
  before.close();

  const lab = await startLab('restart.sqlite', stopped + 600);
  assert.deepEqual(theOne(await lab.summaries()), active);
  await lab.pass(5);
  const closed = theOne(await lab.summaries());
  assert.equal(closed.InsightId, active.InsightId);
  assert.equal(closed.State, 'CLOSED');
  assert.equal(closed.EndTime!.getTime() / 1000, stopped);
});

test('trouble that goes on after a restart stays the same insight', local, async () => {
  const before = await startLab('again.sqlite');
  await before.createGroup('shop', '');
  await before.shop(60, never);
  await before.shop(60, always);
  const stopped = before.now();
  before.close();

  const lab = await startLab('again.sqlite', stopped);
  await lab.shop(60, always);
  const insight = theOne(await lab.summaries());
  assert.equal(insight.State, 'ACTIVE');
  assert.equal(insight.ClientRequestImpactStatistics!.FaultCount! >= 200, true);
});

test(
  'insights that are turned off close what is open; turned on again, trouble is a new insight',
  local,
  async () => {
    const lab = await startLab();
    await lab.createGroup('shop', '');
    await lab.shop(60, never);
    await lab.shop(60, always);
    const first = theOne(await lab.summaries());
    const turn = (InsightsEnabled: boolean) =>
      lab.client.send(
        new UpdateGroupCommand({ GroupName: 'shop', InsightsConfiguration: { InsightsEnabled } }),
      );
    await turn(false);
    await lab.pass(5);
    assert.equal(theOne(await lab.summaries()).State, 'CLOSED');
    await turn(true);
    await lab.shop(30, always);
    const [second, ...others] = await lab.summaries();
    assert.equal(others.length, 1);
    assert.equal(second!.State, 'ACTIVE');
    assert.notEqual(second!.InsightId, first.InsightId);
  },
);

test("a deleted group's insight is closed, and can be read by its id", local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', '');
  await lab.shop(60, never);
  await lab.shop(60, always);
  const { InsightId } = theOne(await lab.summaries());
  await lab.client.send(new DeleteGroupCommand({ GroupName: 'shop' }));
  await lab.pass(5);
  await assert.rejects(lab.summaries(), { name: 'InvalidRequestException' });
  const { Insight: insight } = await lab.client.send(new GetInsightCommand({ InsightId }));
  assert.equal(insight!.State, 'CLOSED');
  await lab.createGroup('shop', '');
  assert.deepEqual(await lab.summaries(), []);
});

test('insights and events come on pages, each once, while more are added', local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', '');
  await lab.shop(60, never);
  for (let round = 0; round < 3; round++) {
    await lab.shop(40, always);
    await lab.shop(100, never);
  }
  const pages = async (
    send: (token: string | undefined) => Promise<{ found: unknown[]; NextToken?: string | undefined }>,
  ) => {
    const all: unknown[][] = [];
    let token: string | undefined;
    do {
      const { found, NextToken } = await send(token);
      all.push(found);
      token = NextToken;
    } while (token !== undefined);
    return all;
  };
  const window = { GroupName: 'shop', StartTime: date(lab.now() - 7_200), EndTime: date(lab.now() + 600) };
  const insights = await pages(async (NextToken) => {
    const output = await lab.client.send(
      new GetInsightSummariesCommand({ ...window, MaxResults: 1, NextToken }),
    );
    if (NextToken === undefined) {
      await lab.shop(50, always); // one more, ahead of those listed
      assert.equal((await lab.summaries({ States: ['ACTIVE'] })).length, 1);
    }
    return { found: output.InsightSummaries!.map(({ InsightId }) => InsightId), NextToken: output.NextToken };
  });
  assert.equal(insights.length, 3);
  assert.equal(new Set(insights.flat()).size, 3);

  const InsightId = insights[0]![0] as string;
  const events = await pages(async (NextToken) => {
    const output = await lab.client.send(
      new GetInsightEventsCommand({ InsightId, MaxResults: 1, NextToken }),
    );
    return { found: output.InsightEvents!.map(({ Summary }) => Summary), NextToken: output.NextToken };
  });
  assert.equal(events.length >= 2, true);
  assert.equal(new Set(events.flat()).size, events.length);
  const { InsightEvents } = await lab.client.send(new GetInsightEventsCommand({ InsightId }));
  assert.deepEqual(
    events.flat(),
    InsightEvents!.map(({ Summary }) => Summary),
  );
});

test('the impact graph shows the way of the faults, without numbers, within the insight', local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', '');
  await lab.shop(60, never);
  await lab.shop(60, half);
  const { InsightId, StartTime: start } = theOne(await lab.summaries());
  const StartTime = date(lab.now() - 3_600);
  const EndTime = date(lab.now());
  const graph = await lab.client.send(new GetInsightImpactGraphCommand({ InsightId, StartTime, EndTime }));
  assert.equal(graph.InsightId, InsightId);
  assert.deepEqual([graph.StartTime, graph.EndTime], [StartTime, EndTime]);
  assert.deepEqual([graph.ServiceGraphStartTime, graph.ServiceGraphEndTime], [start, EndTime]);
  const services = graph.Services!;
  assert.deepEqual(services.map(({ Name, Type }) => `${Name} ${Type ?? ''}`).sort(), [
    'gateway ',
    'gateway client',
    'order ',
    'orders AWS::DynamoDB::Table',
  ]);
  const client = services.find(({ Type }) => Type === 'client')!;
  const next = services.find(({ ReferenceId }) => ReferenceId === client.Edges![0]!.ReferenceId);
  assert.equal(next!.Name, 'gateway');
  assert.deepEqual(Object.keys(client).sort(), ['Edges', 'Name', 'Names', 'ReferenceId', 'Type']);

  const before = { InsightId, StartTime, EndTime: date(start!.getTime() / 1000 - 60) };
  const empty = await lab.client.send(new GetInsightImpactGraphCommand(before));
  assert.deepEqual(empty.Services, []);
});

test('with notifications on, each event is told as one', local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', '', true);
  await lab.shop(60, never);
  await lab.shop(60, always);
  await lab.shop(100, never);
  const { InsightId } = theOne(await lab.summaries());
  const { InsightEvents } = await lab.client.send(new GetInsightEventsCommand({ InsightId }));
  assert.deepEqual(
    lab.notices.map(({ insight, notificationsEnabled }) => [insight.id, notificationsEnabled]),
    InsightEvents!.map(() => [InsightId, true]),
  );
  assert.equal(lab.notices.at(-1)!.kind, 'closed');
});

test('insights are forgotten after 30 days', local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', '');
  await lab.shop(60, never);
  await lab.shop(60, always);
  await lab.shop(100, never);
  const { InsightId } = theOne(await lab.summaries());
  lab.store.forgetSlice({ before: lab.now() + 1, maximumBytes: Infinity });
  await assert.rejects(lab.client.send(new GetInsightCommand({ InsightId })), {
    name: 'InvalidRequestException',
  });
  assert.deepEqual(lab.store.insights.events(InsightId!, undefined, 1), []);
});

const id = '12345678-1234-4123-8123-123456789012';
const recently = { StartTime: date(Date.now() / 1000 - 600), EndTime: date(Date.now() / 1000) };
const longAgo = date(Date.now() / 1000 - 31 * 86_400);
const refusals = [
  {
    name: 'an insight nobody opened',
    command: () => new GetInsightCommand({ InsightId: id }),
    code: 'InvalidRequestException',
    says: /^Insight 12345678-.* does not exist/,
  },
  {
    name: 'events of an insight nobody opened',
    command: () => new GetInsightEventsCommand({ InsightId: id }),
    code: 'InvalidRequestException',
    says: /does not exist/,
  },
  {
    name: 'the graph of an insight nobody opened',
    command: () => new GetInsightImpactGraphCommand({ InsightId: id, ...recently }),
    code: 'InvalidRequestException',
    says: /does not exist/,
  },
  {
    name: 'an id that is no UUID of versions 1 to 5',
    command: () => new GetInsightCommand({ InsightId: id.replace('4123', '7123') }),
    code: 'ValidationException',
    says: /'insightId' failed to satisfy constraint: Member must satisfy regular expression pattern: \^?\[0-9a-fA-F\]\{8\}/,
  },
  {
    name: 'no id',
    command: () => new GetInsightEventsCommand({ InsightId: undefined }),
    code: 'ValidationException',
    says: /'insightId' failed to satisfy constraint: Member must not be null/,
  },
  {
    name: '51 events at once',
    command: () => new GetInsightEventsCommand({ InsightId: id, MaxResults: 51 }),
    code: 'ValidationException',
    says: /'maxResults' failed to satisfy constraint: Member must have value less than or equal to 50/,
  },
  {
    name: '101 insights at once',
    command: () => new GetInsightSummariesCommand({ GroupName: 'Default', ...recently, MaxResults: 101 }),
    code: 'ValidationException',
    says: /less than or equal to 100/,
  },
  {
    name: 'no insights at once',
    command: () => new GetInsightSummariesCommand({ GroupName: 'Default', ...recently, MaxResults: 0 }),
    code: 'ValidationException',
    says: /greater than or equal to 1/,
  },
  {
    name: 'two states',
    command: () =>
      new GetInsightSummariesCommand({ GroupName: 'Default', ...recently, States: ['ACTIVE', 'CLOSED'] }),
    code: 'ValidationException',
    says: /'states' failed to satisfy constraint: Member must have length less than or equal to 1/,
  },
  {
    name: 'a state nobody knows',
    command: () =>
      new GetInsightSummariesCommand({ GroupName: 'Default', ...recently, States: ['OPEN' as 'ACTIVE'] }),
    code: 'ValidationException',
    says: /enum value set: \[ACTIVE, CLOSED\]/,
  },
  {
    name: 'an empty token',
    command: () => new GetInsightSummariesCommand({ GroupName: 'Default', ...recently, NextToken: '' }),
    code: 'ValidationException',
    says: /'nextToken'/,
  },
  {
    name: 'a token nobody gave out',
    command: () => new GetInsightSummariesCommand({ GroupName: 'Default', ...recently, NextToken: 'abc' }),
    code: 'InvalidRequestException',
    says: /NextToken/,
  },
  {
    name: 'a token of 2001 characters',
    command: () => new GetInsightEventsCommand({ InsightId: id, NextToken: 'x'.repeat(2001) }),
    code: 'ValidationException',
    says: /less than or equal to 2000/,
  },
  {
    name: 'no group',
    command: () => new GetInsightSummariesCommand(recently),
    code: 'InvalidRequestException',
    says: /GroupName or by GroupARN/,
  },
  {
    name: 'a group nobody knows',
    command: () => new GetInsightSummariesCommand({ GroupName: 'nobody', ...recently }),
    code: 'InvalidRequestException',
    says: /nobody/,
  },
  {
    name: 'insights of more than 30 days ago',
    command: () => new GetInsightSummariesCommand({ GroupName: 'Default', ...recently, StartTime: longAgo }),
    code: 'InvalidRequestException',
    says: /StartTime cannot be more than 30 days old/,
  },
  {
    name: 'a window that ends before it starts',
    command: () =>
      new GetInsightSummariesCommand({
        GroupName: 'Default',
        StartTime: recently.EndTime,
        EndTime: recently.StartTime,
      }),
    code: 'InvalidRequestException',
    says: /StartTime/,
  },
];
const quiet = onlyLocal ? undefined : await startLab(':memory:', Date.now() / 1000);
for (const { name, command, code, says } of refusals) {
  test(`${name}: ${code}`, local, () =>
    assert.rejects(quiet!.client.send(command() as never), { name: code, message: says }),
  );
}

test('an impact graph over more than six hours, or of more than 30 days ago, is refused', local, async () => {
  const lab = await startLab();
  await lab.createGroup('shop', '');
  await lab.shop(60, never);
  await lab.shop(60, always);
  const { InsightId } = theOne(await lab.summaries());
  const graph = (StartTime: Date, EndTime: Date) =>
    lab.client.send(new GetInsightImpactGraphCommand({ InsightId, StartTime, EndTime }));
  await assert.rejects(graph(date(lab.now() - 7 * 3600), date(lab.now())), {
    name: 'InvalidRequestException',
    message: 'Time range cannot be longer than 6 hours',
  });
  await assert.rejects(graph(longAgo, date(longAgo.getTime() / 1000 + 60)), {
    name: 'InvalidRequestException',
    message: /30 days/,
  });
});
