import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { service } from '../../platform/server.ts';
import { serve } from '../../tests/serve.ts';

const url = await serve(
  service('order', undefined, (app) => {
    app.get('/orders', (_request, response) => void response.json({ served: true }));
    app.get('/ordersheet', (_request, response) => void response.json({ served: true }));
    app.get('/orders/:id', (_request, response) => void response.json({ served: true }));
  }),
);
beforeEach(() => plan([]));

async function plan(primitives: object[], revision = 1): Promise<Response> {
  return fetch(`${url}/_plan`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ revision, primitives }),
  });
}

const statusOf = async (path: string) => (await fetch(url + path)).status;
const refusing = { kind: 'status', service: 'order', status: 503, share: 1 };

test('a plan can be read again', async () => {
  await plan([refusing], 7);
  assert.deepEqual(await (await fetch(`${url}/_plan`)).json(), { revision: 7, primitives: [refusing] });
});

test('a status primitive answers the requests to its path and below, and no others', async () => {
  await plan([{ ...refusing, path: '/orders' }]);
  assert.equal(await statusOf('/orders'), 503);
  assert.equal(await statusOf('/orders/o-1'), 503);
  assert.equal(await statusOf('/ordersheet'), 200);
  assert.equal(await statusOf('/health'), 200);
});

test('a method narrows a primitive down', async () => {
  await plan([{ ...refusing, method: 'POST' }]);
  assert.equal(await statusOf('/orders'), 200);
  assert.equal((await fetch(`${url}/orders`, { method: 'POST' })).status, 503);
});

test('a primitive for another service is not for this one', async () => {
  await plan([{ ...refusing, service: 'payment' }]);
  assert.equal(await statusOf('/orders'), 200);
});

test('a share picks about so many requests, and the same ones for the same plan', async () => {
  const pick = async () => {
    await plan([{ ...refusing, share: 0.3 }], 5);
    const statuses = [];
    for (let request = 0; request < 60; request++) statuses.push(await statusOf('/orders'));
    return statuses;
  };
  const first = await pick();
  const hit = first.filter((status) => status === 503).length;
  assert.ok(hit > 6 && hit < 30, `${hit} of 60`);
  assert.deepEqual(await pick(), first);
});

test('a delay comes before the usual answer', async () => {
  await plan([{ kind: 'delay', service: 'order', milliseconds: 80, jitterMilliseconds: 10, share: 1 }]);
  const started = performance.now();
  assert.equal(await statusOf('/orders'), 200);
  assert.ok(performance.now() - started >= 65);
});

test('a hang is no answer at all; the plan and the health check still answer', async () => {
  await plan([{ kind: 'hang', service: 'order', share: 1 }]);
  await assert.rejects(fetch(`${url}/orders`, { signal: AbortSignal.timeout(150) }), {
    name: 'TimeoutError',
  });
  assert.equal(await statusOf('/health'), 200);
  await plan([]);
  assert.equal(await statusOf('/orders'), 200);
});

const wrong = [
  { name: 'no JSON', body: '{', field: 'body' },
  { name: 'nothing', body: '', field: 'revision' },
  { name: 'an array', body: '[]', field: 'body' },
  { name: 'an unknown kind', body: '{"revision":1,"primitives":[{"kind":"x"}]}', field: 'primitives.0.kind' },
  { name: 'an unknown member', body: '{"revision":1,"primitives":[],"fault":"x"}', field: 'fault' },
];
for (const { name, body, field } of wrong) {
  test(`a plan of ${name} is answered 400, naming ${field}, and the running plan stays`, async () => {
    await plan([refusing], 3);
    const response = await fetch(`${url}/_plan`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body,
    });
    assert.equal(response.status, 400);
    assert.equal(((await response.json()) as { field: string }).field, field);
    assert.equal(await statusOf('/orders'), 503);
  });
}
