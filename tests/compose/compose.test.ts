/** `docker compose up` as a learner runs it: build, start, one checkout, its trace read with the SDK, down. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
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

  test('runs nothing as root and publishes on the loopback address only', () => {
    const ids = run('ps', '-q').trim().split('\n');
    assert.equal(ids.length, processTable.length);
    for (const id of ids) {
      const [container] = JSON.parse(execFileSync('docker', ['inspect', id], { encoding: 'utf8' })) as {
        Config: { User: string };
        NetworkSettings: { Ports: Record<string, { HostIp: string }[] | null> };
      }[];
      assert.equal(container!.Config.User, 'node');
      const published = Object.values(container!.NetworkSettings.Ports).flatMap((bindings) => bindings ?? []);
      assert.ok(published.length > 0);
      assert.ok(
        published.every(({ HostIp }) => HostIp === '127.0.0.1'),
        JSON.stringify(published),
      );
    }
  });
});

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
