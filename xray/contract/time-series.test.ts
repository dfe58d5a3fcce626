import {
  CreateGroupCommand,
  GetServiceGraphCommand,
  GetTimeSeriesServiceStatisticsCommand,
  paginateGetTimeSeriesServiceStatistics,
  UpdateGroupCommand,
  type GetTimeSeriesServiceStatisticsCommandInput,
  type TimeSeriesServiceStatistics,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newId, newTrace, now, onlyLocal, put, segment, startBackend } from './harness.ts';

const { client } = await startBackend();

/** A whole minute some minutes ago, in which and after which everything here happens. */
const minute = Math.floor(now() / 60) * 60 - 600;
const inMinutes = (count: number) => ({
  StartTime: new Date(minute * 1000),
  EndTime: new Date((minute + count * 60) * 1000),
});

/** A request to a service of its own name, which calls another one; `after` seconds after the first minute began. */
function request(shop: string, after: number, { fault = false, lasts = 0.5 } = {}) {
  const trace_id = newTrace();
  const call = newId();
  const start_time = minute + after;
  const http = { response: { status: fault ? 500 : 200 } };
  return [
    segment({
      trace_id,
      name: shop,
      start_time,
      end_time: start_time + lasts + 0.1,
      http,
      subsegments: [
        {
          id: call,
          name: `${shop}-pay`,
          namespace: 'remote',
          start_time,
          end_time: start_time + lasts,
          http,
        },
      ],
    }),
    segment({ trace_id, parent_id: call, name: `${shop}-pay`, start_time, end_time: start_time + 0.2 }),
  ];
}

const ask = async (members: Partial<GetTimeSeriesServiceStatisticsCommandInput> = {}) => {
  const output = await client.send(
    new GetTimeSeriesServiceStatisticsCommand({ ...inMinutes(3), Period: 60, ...members }),
  );
  return { series: output.TimeSeriesServiceStatistics!, containsOld: output.ContainsOldGroupVersions };
};

const place = ({ Timestamp }: TimeSeriesServiceStatistics) => (Timestamp!.getTime() / 1000 - minute) / 60;
const refused = (message: RegExp) => ({ name: 'InvalidRequestException', message });

/** A shop with requests in the first and third minute, and the group of its traces. */
async function shopWithGroup() {
  const shop = `shop-${newId()}`;
  await put(
    client,
    ...request(shop, 1),
    ...request(shop, 59.5, { fault: true, lasts: 2 }),
    ...request(shop, 130, { lasts: 0.25 }),
  );
  const { Group } = await client.send(
    new CreateGroupCommand({ GroupName: newId(), FilterExpression: `service("${shop}")` }),
  );
  return { shop, GroupName: Group!.GroupName! };
}

test('a service has statistics for each period in which traces with it started, and none for the others', async () => {
  const { shop } = await shopWithGroup();
  const { series, containsOld } = await ask({ EntitySelectorExpression: `service("${shop}")` });
  assert.equal(containsOld, false);
  assert.deepEqual(series.map(place), [0, 2]);
  const [first, third] = series;
  assert.deepEqual(
    { ...first!.ServiceSummaryStatistics, TotalResponseTime: undefined },
    {
      OkCount: 1,
      ErrorStatistics: { ThrottleCount: 0, OtherCount: 0, TotalCount: 0 },
      FaultStatistics: { OtherCount: 1, TotalCount: 1 },
      TotalCount: 2,
      TotalResponseTime: undefined,
    },
  );
  assert.equal(first!.ServiceSummaryStatistics!.TotalResponseTime!.toFixed(3), '2.700');
  assert.equal(third!.ServiceSummaryStatistics!.TotalCount, 1);
  assert.equal(first!.EdgeSummaryStatistics, undefined);
  assert.equal(first!.ServiceForecastStatistics, undefined);
});

test('an edge has what its caller saw, with the histogram of response times', async () => {
  const { shop } = await shopWithGroup();
  const { series } = await ask({ EntitySelectorExpression: `edge("${shop}", "${shop}-pay")` });
  assert.deepEqual(series.map(place), [0, 2]);
  assert.equal(series[0]!.EdgeSummaryStatistics!.FaultStatistics!.TotalCount, 1);
  assert.deepEqual(series[0]!.ResponseTimeHistogram, [
    { Value: 0.5, Count: 1 },
    { Value: 2, Count: 1 },
  ]);
  assert.equal(series[0]!.ServiceSummaryStatistics, undefined);
});

test('without a selector every call counts, and the periods of a group add up to the edges of its graph', async () => {
  const { GroupName } = await shopWithGroup();
  const { series } = await ask({ GroupName });
  const graph = await client.send(new GetServiceGraphCommand({ ...inMinutes(3), GroupName }));
  const edges = graph.Services!.flatMap(({ Edges }) => Edges!);
  const sum = (counts: (number | undefined)[]) => counts.reduce<number>((total, one) => total + one!, 0);
  const ofSeries = (
    read: (one: TimeSeriesServiceStatistics['EdgeSummaryStatistics']) => number | undefined,
  ) => sum(series.map(({ EdgeSummaryStatistics: one }) => read(one)));
  assert.equal(
    ofSeries((one) => one!.TotalCount),
    sum(edges.map(({ SummaryStatistics: one }) => one!.TotalCount)),
  );
  assert.equal(
    ofSeries((one) => one!.OkCount),
    sum(edges.map(({ SummaryStatistics: one }) => one!.OkCount)),
  );
  assert.equal(
    ofSeries((one) => one!.TotalCount),
    6,
  );
  assert.equal(series[0]!.ServiceSummaryStatistics, undefined);
});

test('periods are as long as asked for, and a minute where nothing is asked', async () => {
  const { shop } = await shopWithGroup();
  const EntitySelectorExpression = `id(name: "${shop}")`;
  const whole = await ask({ EntitySelectorExpression, Period: 300 });
  assert.deepEqual(
    whole.series.map((one) => one.ServiceSummaryStatistics!.TotalCount),
    [3],
  );
  const unnamed = await client.send(
    new GetTimeSeriesServiceStatisticsCommand({ ...inMinutes(3), EntitySelectorExpression }),
  );
  assert.deepEqual(unnamed.TimeSeriesServiceStatistics!.map(place), [0, 2]);
  const seconds = await ask({ EntitySelectorExpression, Period: 1 });
  assert.deepEqual(
    seconds.series.map(({ Timestamp }) => Timestamp!.getTime() / 1000 - minute),
    [1, 59, 130],
  );
});

test('a group counts its traces only, and says when its filter changed within the window', async () => {
  const { shop } = await shopWithGroup();
  const { Group } = await client.send(
    new CreateGroupCommand({ GroupName: newId(), FilterExpression: 'fault' }),
  );
  const GroupName = Group!.GroupName!;
  const input = { GroupName, EntitySelectorExpression: `service("${shop}")` };
  const { series, containsOld } = await ask(input);
  assert.deepEqual(
    series.map((one) => one.ServiceSummaryStatistics!.TotalCount),
    [1],
  );
  assert.equal(containsOld, false);
  await client.send(new UpdateGroupCommand({ GroupName, FilterExpression: 'ok' }));
  const EndTime = new Date((now() + 60) * 1000);
  assert.equal((await ask({ ...input, EndTime })).containsOld, true);
});

test('selectors may be joined: AND for traces that have both, as Grafana joins group and selector', async () => {
  const [one, other] = [await shopWithGroup(), await shopWithGroup()];
  const total = async (EntitySelectorExpression: string) =>
    (await ask({ EntitySelectorExpression })).series.reduce(
      (sum, { ServiceSummaryStatistics: statistics }) => sum + statistics!.TotalCount!,
      0,
    );
  assert.equal(await total(`service("${one.shop}") AND service("${one.shop}-pay")`), 6);
  assert.equal(await total(`service("${one.shop}") AND service("${other.shop}")`), 0);
  assert.equal(await total(`service("${one.shop}") OR service("${other.shop}")`), 6);
});

test('a forecast says how many faults were to be expected after the periods before, also those before the window', async () => {
  const shop = `shop-${newId()}`;
  for (const after of [-240, -180, -120, -60, 1]) {
    await put(client, ...request(shop, after, { fault: true }), ...request(shop, after, { fault: true }));
  }
  const { series } = await ask({
    EntitySelectorExpression: `service("${shop}")`,
    ForecastStatistics: true,
  });
  assert.deepEqual(series.map(place), [0]);
  assert.deepEqual(series[0]!.ServiceForecastStatistics, { FaultCountHigh: 5, FaultCountLow: 0 });
});

const wrong: [string, Partial<GetTimeSeriesServiceStatisticsCommandInput>, RegExp][] = [
  ['an annotation', { EntitySelectorExpression: 'annotation.a = 1' }, /annotation\.a.*GroupName/],
  ['a keyword', { EntitySelectorExpression: 'service("a") AND fault' }, /holds fault/],
  ['a block', { EntitySelectorExpression: 'service("a") { fault }' }, /braces of service/],
  ['a negation', { EntitySelectorExpression: '!service("a")' }, /holds !/],
  ['a text that cannot be read', { EntitySelectorExpression: 'service(' }, /expected the name/],
  ['nothing but space', { EntitySelectorExpression: '  ' }, /holds nothing/],
  ['a period of nothing', { Period: 0 }, /Period is 0/],
  ['an unknown group', { GroupName: 'nobody' }, /nobody/],
  ['a forecast of everything', { ForecastStatistics: true }, /one service/],
  [
    'a forecast of an edge',
    { ForecastStatistics: true, EntitySelectorExpression: 'edge("a","b")' },
    /one service/,
  ],
  ['an end before the start', { EndTime: new Date((minute - 1) * 1000) }, /StartTime/],
  [
    'more than a day',
    { EndTime: new Date((minute + 86_401) * 1000) },
    /Time range cannot be longer than 24 hours/,
  ],
];

for (const [name, members, message] of wrong) {
  test(`refused: ${name}`, { skip: onlyLocal }, () => assert.rejects(ask(members), refused(message)));
}

test('an empty selector is too short', async () => {
  await assert.rejects(ask({ EntitySelectorExpression: '' }), { name: 'ValidationException' });
});

test('pages hold each period once', async () => {
  const shop = `shop-${newId()}`;
  const starts = Array.from({ length: 1_600 }, (_, index) => -7_000 + index * 2);
  for (let first = 0; first < starts.length; first += 25) {
    await put(client, ...starts.slice(first, first + 25).flatMap((after) => request(shop, after)));
  }
  const seen: number[] = [];
  let pages = 0;
  for await (const page of paginateGetTimeSeriesServiceStatistics(
    { client },
    {
      StartTime: new Date((minute - 7_200) * 1000),
      EndTime: new Date(minute * 1000),
      Period: 2,
      EntitySelectorExpression: `service("${shop}")`,
    },
  )) {
    pages++;
    seen.push(...page.TimeSeriesServiceStatistics!.map(({ Timestamp }) => Timestamp!.getTime()));
  }
  assert.equal(pages, 2);
  assert.equal(seen.length, 1_600);
  assert.equal(new Set(seen).size, 1_600);
});
