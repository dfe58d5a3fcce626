/** The on-premises host on the wire: its database, its service and a gateway, with a collector in the daemon's place. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import pg from 'pg';
import {
  startCollector,
  startService,
  stopService,
  type Collector,
  type Entity,
  type Service,
} from './shop.ts';

let collector: Collector;
let home: string;
let database: Service;
let pricing: Service;
let gateway: Service;
const running: Service[] = [];

const aliases = 'legacy-database:127.0.0.1,legacy-pricing:127.0.0.1,gateway:127.0.0.1';
const local = (url: string) => url.replace(/\/\/[^:]+:/, '//127.0.0.1:');

async function start(name: string, environment: Record<string, string>, flags: string[] = []) {
  const common = { AWS_XRAY_DAEMON_ADDRESS: collector.address, HOST_ALIASES: aliases, DATABASE_URL: '' };
  const service = await startService(name, { ...common, ...environment }, flags);
  running.push(service);
  return service;
}

const startPricing = (environment: Record<string, string> = {}) =>
  start('legacy-pricing', { LEGACY_DATABASE_URL: databaseUrl(), XRAY_PLUGINS: 'none', ...environment }, [
    '--no-deprecation',
  ]);

const databaseUrl = () => `postgres://pricing@legacy-database:${new URL(database.url).port}/pricing`;

/** What a person does with psql. */
async function sql(statement: string): Promise<void> {
  const client = new pg.Client({
    connectionString: local(databaseUrl()).replace('postgres://', 'postgres://pricing@'),
  });
  await client.connect();
  await client.query(statement);
  await client.end();
}

/** A request through gateway, its answer, and the segments of its trace. */
async function ask(method: string, path: string, body?: object) {
  const response = await fetch(local(gateway.url) + path, {
    method,
    headers: { 'content-type': 'application/json', 'x-amzn-trace-id': 'Sampled=?' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const traceId = /Root=([^;]+)/.exec(response.headers.get('x-amzn-trace-id') ?? '')?.[1] ?? '';
  return { status: response.status, body: (await response.json()) as Record<string, unknown>, traceId };
}

async function segmentOf(traceId: string): Promise<Entity> {
  return (await collector.trace(traceId, ['gateway', 'legacy-pricing']))['legacy-pricing']!;
}

async function plan(primitives: object[]): Promise<void> {
  const response = await fetch(`${local(pricing.url)}/_plan`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revision: primitives.length, primitives }),
  });
  assert.equal(response.status, 200, await response.text());
}

const missingIndex = {
  kind: 'missing-index',
  service: 'legacy-pricing',
  index: 'price_history_sku_valid_from_idx',
};
const oneByOne = { kind: 'flag', service: 'legacy-pricing', flag: 'prices-one-by-one' };

const seconds = ({ start_time, end_time }: Entity) => end_time - start_time;

/** How long today's price takes in the database, once an index that comes or goes has done so. */
async function queryUntil(is: (seconds: number) => boolean): Promise<Entity> {
  for (let attempt = 0; ; attempt++) {
    const { traceId } = await ask('GET', '/quotes/kettle-1l');
    const query = (await segmentOf(traceId)).subsegments![0]!;
    if (is(seconds(query))) return query;
    assert.ok(attempt < 20, `the last query took ${seconds(query)} s`);
  }
}

before(async () => {
  collector = await startCollector();
  home = mkdtempSync(join(tmpdir(), 'legacy-pricing-'));
  database = await start('legacy-database', { LAB_HOME: home }, ['--liftoff-only']);
  pricing = await startPricing();
  gateway = await start('gateway', { LEGACY_PRICING_URL: pricing.url });
});

after(async () => {
  await Promise.all(running.map((service) => stopService(service)));
  collector.close();
  rmSync(home, { recursive: true, force: true });
});

test('a price comes from the database on premises, in one trace', async () => {
  const { status, body, traceId } = await ask('GET', '/quotes/kettle-1l');
  assert.equal(status, 200);
  assert.equal(body['priceInCents'], 5900);
  assert.equal(body['currency'], 'EUR');
  assert.ok(Date.parse(String(body['validFrom'])) <= Date.now(), 'an announced price does not hold yet');
  const { gateway: front, 'legacy-pricing': segment } = await collector.trace(traceId, [
    'gateway',
    'legacy-pricing',
  ]);
  assert.equal(segment!.parent_id, front!.subsegments![0]!.id);
  assert.equal(front!.subsegments![0]!.name, 'legacy-pricing');
  assert.deepEqual(segment!.annotations, { sku: 'kettle-1l', queries: 1 });
});

test('the query is a remote subsegment database@host with a block sql, without the text of the query', async () => {
  const segment = await segmentOf((await ask('GET', '/quotes/mug-blue')).traceId);
  assert.equal(segment.subsegments?.length, 1);
  const [{ name, namespace, sql, fault }] = segment.subsegments as [Entity];
  assert.equal(name, 'pricing@legacy-database');
  assert.equal(namespace, 'remote');
  assert.equal(fault, undefined);
  const { version } = await import('pg/package.json', { with: { type: 'json' } }).then((pg) => pg.default);
  assert.deepEqual(sql, {
    url: databaseUrl().replace('postgres://pricing@', 'postgresql://'),
    user: 'pricing',
    driver_version: version,
  });
});

test('the host is not AWS’s: its segments have no origin, while gateway’s have one', async () => {
  const { traceId } = await ask('GET', '/quotes/mug-blue');
  const { gateway: front, 'legacy-pricing': segment } = await collector.trace(traceId, [
    'gateway',
    'legacy-pricing',
  ]);
  assert.equal(front!.origin, 'AWS::ECS::Container');
  assert.equal(segment!.origin, undefined);
  assert.equal(segment!.aws?.ecs, undefined);
});

test('preparing the table is in no trace, and is no complaint of the SDK’s', () => {
  assert.deepEqual(
    collector.segments.filter((segment) => segment.name === 'legacy-pricing' && !segment.parent_id),
    [],
  );
  assert.deepEqual(
    pricing.log.filter((line) => line.includes('aws-xray-sdk')),
    [],
  );
});

test('a quote of many items is one query, and the sum of today’s prices', async () => {
  const items = [
    { sku: 'kettle-1l', quantity: 2 },
    { sku: 'article-0001', quantity: 1 },
    { sku: 'kettle-1l', quantity: 1 },
  ];
  const { status, body, traceId } = await ask('POST', '/quotes', { items });
  assert.equal(status, 200);
  assert.equal(body['totalInCents'], 3 * 5900 + 337);
  const segment = await segmentOf(traceId);
  assert.equal(segment.subsegments?.length, 1);
  assert.deepEqual(segment.annotations, { queries: 1 });
});

test('one query for each product, while that is switched on', async () => {
  await plan([oneByOne]);
  const items = ['kettle-1l', 'mug-blue', 'jar-1l', 'beans-500', 'filter-100'].map((sku) => ({
    sku,
    quantity: 1,
  }));
  const { body, traceId } = await ask('POST', '/quotes', { items });
  await plan([]);
  assert.equal(body['totalInCents'], 5900 + 950 + 1125 + 1290 + 420);
  const segment = await segmentOf(traceId);
  assert.deepEqual(
    segment.subsegments?.map(({ name }) => name),
    items.map(() => 'pricing@legacy-database'),
  );
  assert.equal(segment.annotations?.['queries'], 5);
  for (const [index, query] of segment.subsegments!.entries()) {
    if (index > 0) assert.ok(query.start_time >= segment.subsegments![index - 1]!.start_time);
  }
});

test('requests that wait for a connection keep their queries in their own traces', async () => {
  const answers = await Promise.all(
    ['kettle-1l', 'mug-blue', 'jar-1l', 'beans-500'].map((sku) => ask('GET', `/quotes/${sku}`)),
  );
  for (const { traceId } of answers) assert.equal((await segmentOf(traceId)).subsegments?.length, 1);
});

test('without its index the query takes many times as long, and an index made by hand cures it at once', async () => {
  const quick = await queryUntil((query) => query < 0.2);
  await plan([missingIndex]);
  const slow = await queryUntil((query) => query > 0.5);
  assert.ok(seconds(slow) > 10 * seconds(quick), `${seconds(slow)} s against ${seconds(quick)} s`);
  await sql('CREATE INDEX ON price_history (sku, valid_from)');
  const cured = await segmentOf((await ask('GET', '/quotes/kettle-1l')).traceId);
  assert.ok(seconds(cured.subsegments![0]!) < 0.2, `${seconds(cured.subsegments![0]!)} s`);
  await plan([]);
});

test('an index that a plan took away comes back with the plan’s end', async () => {
  await plan([missingIndex]);
  await queryUntil((query) => query > 0.5);
  await plan([]);
  await queryUntil((query) => query < 0.2);
});

test('a product that never had a price is a 404, and a wrong quote a 400 that names the member', async () => {
  const unknown = await ask('GET', '/quotes/unobtainium');
  assert.deepEqual([unknown.status, unknown.body['error']], [404, 'not-found']);
  const wrong = await ask('POST', '/quotes', { items: [] });
  assert.deepEqual([wrong.status, wrong.body['field']], [400, 'items']);
});

test('the text of the query is recorded when somebody asks for it', async () => {
  const usual = pricing;
  pricing = await startPricing({ AWS_XRAY_COLLECT_SQL_QUERIES: '1', PORT: '0' });
  const response = await fetch(`${local(pricing.url)}/prices/mug-blue`, {
    headers: { 'x-amzn-trace-id': 'Root=1-5f3c1a2b-0123456789abcdef01234567;Sampled=1' },
  });
  assert.equal(response.status, 200);
  const trace = await collector.trace('1-5f3c1a2b-0123456789abcdef01234567', ['legacy-pricing']);
  const text = trace['legacy-pricing']!.subsegments![0]!.sql?.['sanitized_query'];
  assert.match(text ?? '', /FROM price_history/);
  assert.doesNotMatch(text ?? '', /mug-blue/, 'values are parameters, not text');
  await stopService(pricing);
  pricing = usual;
});

test('a database that is gone is a 503 that says so, with the fault in the query’s trace; back, the table is there still', async () => {
  const port = new URL(database.url).port;
  await stopService(database);
  const { status, traceId } = await ask('GET', '/quotes/mug-blue');
  assert.equal(status, 503);
  assert.equal((await segmentOf(traceId)).fault, true);

  database = await start('legacy-database', { LAB_HOME: home, PORT: port }, ['--liftoff-only']);
  const { status: after, body } = await ask('GET', '/quotes/mug-blue');
  assert.deepEqual([after, body['priceInCents']], [200, 950]);
});

/** Today's price of the kettle, from a service that has just started. */
async function priceFromANewService(): Promise<unknown> {
  const fresh = await startPricing({ PORT: '0' });
  const response = await fetch(`${local(fresh.url)}/prices/kettle-1l`);
  await stopService(fresh);
  return ((await response.json()) as { priceInCents: number }).priceInCents;
}

const onlyOneCent = `TRUNCATE price_history; INSERT INTO price_history VALUES ('kettle-1l', '2020-01-01', 1)`;

test('a table of an earlier version of the service is made anew, one that somebody else made is used as it is', async () => {
  await sql(`${onlyOneCent}; COMMENT ON TABLE price_history IS 'X-Ray Lab 000000000000'`);
  assert.equal(await priceFromANewService(), 5900);
  await sql(`${onlyOneCent}; COMMENT ON TABLE price_history IS 'Prices, ask Ada before you touch them'`);
  assert.equal(await priceFromANewService(), 1);
  await sql('DROP TABLE price_history');
  assert.equal(await priceFromANewService(), 5900);
});

test('a database begins with a copy of its template, and one that is there is left alone', async () => {
  const template = join(home, 'legacy-database');
  const copy = mkdtempSync(join(tmpdir(), 'legacy-copy-'));
  const usual = database;
  const startCopy = () =>
    start('legacy-database', { LAB_HOME: copy, DATABASE_TEMPLATE: template }, ['--liftoff-only']);
  await stopService(usual);
  try {
    database = await startCopy();
    assert.equal(await priceFromANewService(), 5900);
    await sql(onlyOneCent);
    await stopService(database);
    database = await startCopy();
    assert.equal(await priceFromANewService(), 1);
    await stopService(database);
  } finally {
    rmSync(copy, { recursive: true, force: true });
    database = await start('legacy-database', { LAB_HOME: home, PORT: new URL(usual.url).port }, [
      '--liftoff-only',
    ]);
  }
});

test('gateway answers 502 when nothing runs on premises', async () => {
  await stopService(pricing);
  const { status, body } = await ask('GET', '/quotes/mug-blue');
  assert.deepEqual([status, body['error']], [502, 'upstream-unreachable']);
});
