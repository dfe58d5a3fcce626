/** `docker compose up` as a learner runs it: build, start, one checkout, its trace read with the SDK, down. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { after, before, describe, test } from 'node:test';
import { BatchGetTracesCommand, GetServiceGraphCommand, XRayClient } from '@aws-sdk/client-xray';
import type { LabProcess, Sent } from '@xray-lab/labs/server/contract';
import { processTable } from '../../scripts/supervisor/table.ts';
import { compose, missingCompose, works } from '../docker-compose.ts';
import { eventually } from '../stack.ts';

const PROJECT = 'xray-lab-test';

const missing =
  missingCompose || (works('docker', 'info') ? false : 'no Docker engine answers: start Docker');

const run = (...args: string[]) => compose('-p', PROJECT, ...args);

describe('docker compose', { skip: missing, timeout: 900_000 }, () => {
  const xray = new XRayClient({
    region: 'us-east-1',
    endpoint: 'http://127.0.0.1:2001',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });

  before(() => {
    run('build');
    run('up', '-d');
  });
  after(() => run('down', '-v', '--timeout', '10'));

  test('brings the site up at the same address as npm start', { timeout: 180_000 }, async () => {
    await eventually('the site answers', async () => (await fetch('http://127.0.0.1:4321/')).ok, 120);
    const page = await (await fetch('http://127.0.0.1:4321/')).text();
    assert.match(page, /X-Ray Lab/);
  });

  test('a checkout becomes one joined trace that the SDK reads', { timeout: 180_000 }, async () => {
    const body = JSON.stringify({ customerId: 'you', items: [{ sku: await firstSku(), quantity: 1 }] });
    const headers = { 'content-type': 'application/json', 'x-amzn-trace-id': 'Sampled=?' };
    const checkout = await eventually(
      'a checkout is answered with 201 and sampled',
      async () => {
        const response = await fetch('http://127.0.0.1:8080/checkout', { method: 'POST', headers, body });
        const sampled = /Sampled=1/.test(response.headers.get('x-amzn-trace-id') ?? '');
        return response.status === 201 && sampled && response;
      },
      60,
    );
    const traceId = /Root=([^;]+)/.exec(checkout.headers.get('x-amzn-trace-id') ?? '')?.[1];
    assert.ok(traceId, 'gateway answers with the trace id');
    const names = await eventually('the trace is whole', async () => {
      const { Traces } = await xray.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
      const documents = (Traces?.[0]?.Segments ?? []).map(
        ({ Document }) => JSON.parse(Document!) as { name: string },
      );
      const found = documents.map(({ name }) => name);
      return (
        ['gateway', 'auth', 'order', 'inventory', 'payment', 'notification', 'payment-provider'].every(
          (name) => found.includes(name),
        ) && found
      );
    });
    assert.ok(names.includes('DynamoDB'));
  });

  test('the map has the third party and the tables', async () => {
    const { Services } = await xray.send(
      new GetServiceGraphCommand({
        StartTime: new Date(Date.now() - 300_000),
        EndTime: new Date(Date.now() + 1000),
      }),
    );
    const names = Services!.map(({ Name }) => Name);
    for (const name of ['gateway', 'payment-provider', 'orders', 'payments'])
      assert.ok(names.includes(name), `${name} in ${names}`);
  });

  test(
    'the control plane sees every process, sends, and restarts one in its container',
    { timeout: 60_000 },
    async () => {
      const processes = await eventually(
        'all healthy',
        async () => {
          const list = (await (await fetch('http://127.0.0.1:4321/lab/processes')).json()) as LabProcess[];
          const needed = list.filter(({ optional }) => !optional);
          return list.length === processTable.length && needed.every(({ healthy }) => healthy) && list;
        },
        60,
      );
      assert.deepEqual(
        processes.filter(({ restarts }) => restarts > 0),
        [],
      );
      const sent = (await (
        await fetch('http://127.0.0.1:4321/lab/send', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: '{}',
        })
      ).json()) as Sent;
      assert.equal(sent.status, 201);

      await fetch('http://127.0.0.1:4321/lab/processes/payment/restart', { method: 'POST' });
      await eventually(
        'payment is back',
        async () => {
          const list = (await (await fetch('http://127.0.0.1:4321/lab/processes')).json()) as LabProcess[];
          const payment = list.find(({ name }) => name === 'payment');
          return payment?.healthy && payment.restarts === 1;
        },
        30,
      );
    },
  );

  test('no container has more rights than it needs, and only loopback reaches it', () => {
    const containers = inspected();
    assert.equal(containers.length, processTable.length);
    for (const { name, Config, HostConfig, Mounts, NetworkSettings } of containers) {
      assert.equal(Config.User, 'node', name);
      assert.deepEqual(HostConfig.CapDrop, ['ALL'], name);
      assert.match(String(HostConfig.SecurityOpt), /no-new-privileges/, name);
      assert.equal(HostConfig.ReadonlyRootfs, true, name);
      assert.deepEqual(Object.keys(HostConfig.Tmpfs ?? {}), ['/tmp'], name);
      assert.ok(
        HostConfig.Memory > 0 && HostConfig.Memory <= 1024 ** 3,
        `${name}: ${HostConfig.Memory} bytes`,
      );
      const sources = Mounts.find(({ Destination }) => Destination === '/app/sample-app');
      // The control plane puts a learner's files back; services only read them.
      assert.equal(sources?.RW, name === 'lab', `${name} may write the shop's sources: ${sources?.RW}`);
      const published = Object.values(NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
      assert.ok(published.length > 0, name);
      assert.ok(
        published.every(({ HostIp }) => HostIp === '127.0.0.1'),
        JSON.stringify(published),
      );
    }
  });

  for (const place of ['/app/made', '/app/sample-app/made', '/etc/made', '/usr/local/bin/made']) {
    test(`a service can't write ${place}`, () => {
      const { status, stderr } = inContainer('order', 'touch', place);
      assert.notEqual(status, 0);
      assert.match(stderr, /Read-only file system/);
    });
  }

  test('a service can write what it has to: its log, and a small /tmp', () => {
    assert.equal(inContainer('order', 'touch', '/data/logs/order.log', '/tmp/made').status, 0);
    const { stderr } = inContainer('order', 'dd', 'if=/dev/zero', 'of=/tmp/made', 'bs=1M', 'count=32');
    assert.match(stderr, /No space left on device/);
  });

  test('state is for the lab’s user alone', () => {
    assert.equal(inContainer('lab', 'find', '/data', '-perm', '/077').stdout, '');
  });
});

interface Container {
  name: string;
  Config: { User: string; Labels: Record<string, string> };
  HostConfig: {
    CapDrop: string[];
    SecurityOpt: string[];
    ReadonlyRootfs: boolean;
    Memory: number;
    Tmpfs?: Record<string, string>;
  };
  Mounts: { Destination: string; RW: boolean }[];
  NetworkSettings: { Ports: Record<string, { HostIp: string }[] | null> };
}

function inspected(): Container[] {
  const ids = run('ps', '-q').trim().split('\n');
  const all = JSON.parse(execFileSync('docker', ['inspect', ...ids], { encoding: 'utf8' })) as Container[];
  return all.map((one) => ({ ...one, name: one.Config.Labels['com.docker.compose.service'] ?? '' }));
}

function inContainer(service: string, ...command: string[]) {
  const [id] = run('ps', '-q', service).trim().split('\n');
  return spawnSync('docker', ['exec', id!, ...command], { encoding: 'utf8' });
}

async function firstSku(): Promise<string> {
  const response = await eventually(
    'the catalogue',
    () => fetch('http://127.0.0.1:8080/products').then((answer) => answer.ok && answer),
    60,
  );
  const body = (await response.json()) as { products?: { sku: string }[] } | { sku: string }[];
  const products = Array.isArray(body) ? body : body.products!;
  return products[0]!.sku;
}
