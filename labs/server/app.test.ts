import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { testLab, type TestLab } from './testing/test-lab.ts';

describe('the control plane', () => {
  let lab: TestLab;
  const provider = () => join(lab.sampleApp, 'services/payment/provider.ts');

  beforeEach(async () => {
    lab = await testLab();
    mkdirSync(dirname(provider()), { recursive: true });
    writeFileSync(provider(), 'the original');
  });
  afterEach(() => lab.close());

  test('it is healthy', async () => {
    const { status, body } = await lab.ask('GET', '/health');
    assert.deepEqual([status, body], [200, { status: 'ok' }]);
  });

  test('it is not healthy before X-Ray has its sampling rules: nobody shall send the shop a request yet', async () => {
    lab.ready.isReady = false;
    const { status, body } = await lab.ask('GET', '/health');
    assert.deepEqual([status, body], [503, { status: 'starting' }]);
  });

  test('status says what runs, what is broken, who buys, and how to reach it', async () => {
    const { body } = await lab.ask('GET', '/lab/status');
    assert.equal(body.ready, true);
    assert.equal(body.memoryBytes, 100e6);
    assert.equal(body.endpoints.xray, 'http://127.0.0.1:2001');
    assert.deepEqual(body.faults, []);
    assert.equal(body.traffic.profile, 'calm');
  });

  test('one unhealthy process makes the lab not ready', async () => {
    lab.processes[0]!.healthy = false;
    assert.equal((await lab.ask('GET', '/lab/status')).body.ready, false);
  });

  test('env names the variables that aim an AWS SDK at the lab', async () => {
    const { body } = await lab.ask('GET', '/lab/env');
    assert.equal(body.variables.AWS_ENDPOINT_URL_XRAY, 'http://127.0.0.1:2001');
    assert.equal(body.variables.AWS_XRAY_DAEMON_ADDRESS, '127.0.0.1:2000');
    assert.equal(body.variables.AWS_DEFAULT_REGION, 'us-east-1');
  });

  test('a fault goes on and off', async () => {
    const on = await lab.ask('POST', '/lab/faults/slow', {
      parameters: { share: 0.5 },
      stopAfterSeconds: 60,
    });
    assert.equal(on.status, 200);
    assert.equal(on.body.applied, true);
    assert.equal(on.body.stopsAt, lab.clock.now + 60);
    assert.equal(lab.payment.plan().primitives.length, 1);
    const off = await lab.ask('DELETE', '/lab/faults/slow');
    assert.deepEqual(off.body.active, []);
    assert.equal(lab.payment.plan().primitives.length, 0);
  });

  test('a fault goes on with a seed, for a share of the requests, by turns', async () => {
    const schedule = { onSeconds: 20, offSeconds: 40 };
    const { status, body } = await lab.ask('POST', '/lab/faults/slow', { seed: 7, share: 0.5, schedule });
    assert.equal(status, 200);
    assert.equal(body.share, 0.5);
    assert.deepEqual(body.schedule, { ...schedule, seed: 7 });
  });

  test('a fault goes on without a body', async () => {
    assert.equal((await lab.ask('POST', '/lab/faults/slow')).status, 200);
  });

  test('all faults go off at once', async () => {
    await lab.ask('POST', '/lab/faults/slow', {});
    assert.deepEqual((await lab.ask('DELETE', '/lab/faults')).body.active, []);
  });

  test('the catalogue carries each fault’s parameters as JSON Schema', async () => {
    const { body } = await lab.ask('GET', '/lab/faults');
    assert.equal(body.catalogue[0].parameters.properties.share.maximum, 1);
    assert.equal(body.catalogue[0].signature.filter, 'service("payment") { fault }');
  });

  test('and what can be asked of every fault, by the path in the request that names it when it is refused', async () => {
    const { body } = await lab.ask('GET', '/lab/faults');
    assert.deepEqual(body.settings.allowed, {
      stopAfterSeconds: 'number, 1 to 86400',
      share: 'number, more than 0, at most 1',
      'schedule.onSeconds': 'number, 1 to 3600',
      'schedule.offSeconds': 'number, 1 to 3600',
      seed: 'whole number, 0 to 4294967295',
    });
    for (const [path, tooMuch] of [
      ['stopAfterSeconds', { stopAfterSeconds: 86_401 }],
      ['share', { share: 1.1 }],
      ['schedule.onSeconds', { schedule: { onSeconds: 3601, offSeconds: 1 } }],
      ['schedule.offSeconds', { schedule: { onSeconds: 1, offSeconds: 3601 } }],
      ['seed', { seed: 2 ** 32 }],
    ] as const)
      assert.equal((await lab.ask('POST', '/lab/faults/slow', tooMuch)).body.field, path);
    assert.deepEqual((await lab.ask('GET', '/lab/faults')).body.active, []);
  });

  test('traffic is chosen by name', async () => {
    assert.equal((await lab.ask('PUT', '/lab/traffic', { profile: 'busy' })).body.profile, 'busy');
    assert.equal((await lab.ask('GET', '/lab/traffic')).body.profile, 'busy');
  });

  test('a checkout is sent and answered with its trace id', async () => {
    const { body } = await lab.ask('POST', '/lab/send', { items: [{ sku: 'beans-500', quantity: 2 }] });
    assert.equal(body.traceId, '1-65ff0a1b-0123456789abcdef01234567');
    assert.deepEqual(lab.sends, [{ items: [{ sku: 'beans-500', quantity: 2 }] }]);
  });

  test('a process is restarted through its supervisor, and its log is read there', async () => {
    assert.equal((await lab.ask('POST', '/lab/processes/payment/restart')).body.name, 'payment');
    assert.deepEqual(lab.acts, ['restart payment']);
    const log = await lab.ask('GET', '/lab/processes/payment/log?lines=5');
    assert.deepEqual(log.body.lines, ['payment: the last of 5']);
  });

  test('progress goes out as one file and comes back from it', async () => {
    await lab.ask('POST', '/lab/labs/09-small/start');
    lab.verdicts['see'] = 'pass';
    await lab.ask('POST', '/lab/labs/09-small/steps/see/check');
    const { body: file } = await lab.ask('GET', '/lab/progress');
    await lab.ask('POST', '/lab/reset');
    assert.equal((await lab.ask('GET', '/lab/labs/09-small')).body.score, 0);

    assert.equal((await lab.ask('PUT', '/lab/progress', file)).status, 200);
    const { body: run } = await lab.ask('GET', '/lab/labs/09-small');
    assert.equal(run.score, 50);
    assert.equal(run.steps[0].last.why, 'It is there.');
  });

  test('reset goes back to the first day: faults, files, progress, traces', async () => {
    await lab.ask('POST', '/lab/labs/09-small/start');
    writeFileSync(provider(), 'edited');
    const { body } = await lab.ask('POST', '/lab/reset');
    assert.equal(readFileSync(provider(), 'utf8'), 'the original');
    assert.deepEqual(body.labsForgotten, ['09-small']);
    assert.deepEqual(body.filesRestored, ['services/payment/provider.ts']);
    assert.equal(body.tracesForgotten, true);
    assert.deepEqual(lab.acts, ['stop xray-api', 'start xray-api']);
    assert.equal(lab.forgotten(), 1);
    assert.equal(lab.engine.active().length, 0);
  });

  const wrong: {
    name: string;
    method: string;
    path: string;
    body?: unknown;
    status: number;
    field?: string;
    says: RegExp;
  }[] = [
    {
      name: 'a route that does not exist',
      method: 'GET',
      path: '/lab/nothing',
      status: 404,
      says: /\/lab\/status/,
    },
    {
      name: 'a fault that does not exist',
      method: 'POST',
      path: '/lab/faults/slwo',
      body: {},
      status: 400,
      field: 'id',
      says: /Did you mean "slow"\? There is: slow\./,
    },
    {
      name: 'a fault that does not exist, switched off',
      method: 'DELETE',
      path: '/lab/faults/slwo',
      status: 400,
      field: 'id',
      says: /Did you mean "slow"\? There is: slow\./,
    },
    {
      name: 'a fault parameter out of range',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { parameters: { share: 7 } },
      status: 400,
      field: 'parameters.share',
      says: /at most 1/,
    },
    {
      name: 'a fault parameter that does not exist',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { parameters: { speed: 7 } },
      status: 400,
      field: 'parameters.speed',
      says: /not known/,
    },
    {
      name: 'parameters that are a list',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { parameters: [] },
      status: 400,
      field: 'parameters',
      says: /record|object/,
    },
    {
      name: 'a stop time in the past',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { stopAfterSeconds: -1 },
      status: 400,
      field: 'stopAfterSeconds',
      says: /at least 1/,
    },
    {
      name: 'a seed that is no whole number',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { seed: 0.5 },
      status: 400,
      field: 'seed',
      says: /whole number/,
    },
    {
      name: 'a share of no request',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { share: 0 },
      status: 400,
      field: 'share',
      says: /more than 0/,
    },
    {
      name: 'a schedule without its pauses',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { schedule: { onSeconds: 20 } },
      status: 400,
      field: 'schedule.offSeconds',
      says: /belong together/,
    },
    {
      name: 'a member that does not exist',
      method: 'POST',
      path: '/lab/faults/slow',
      body: { params: {} },
      status: 400,
      field: 'params',
      says: /not known/,
    },
    {
      name: 'a body that is not JSON',
      method: 'POST',
      path: '/lab/send',
      body: '{"items":',
      status: 400,
      field: 'body',
      says: /not JSON/,
    },
    {
      name: 'a body that is a list',
      method: 'POST',
      path: '/lab/send',
      body: [],
      status: 400,
      field: 'body',
      says: /object/,
    },
    {
      name: 'a quantity of nothing',
      method: 'POST',
      path: '/lab/send',
      body: { items: [{ sku: 'x', quantity: 0 }] },
      status: 400,
      field: 'items.0.quantity',
      says: /at least 1/,
    },
    {
      name: 'a customer id with a newline',
      method: 'POST',
      path: '/lab/send',
      body: { customerId: 'a\nb' },
      status: 400,
      field: 'customerId',
      says: /letters, digits/,
    },
    {
      name: 'a traffic profile that does not exist',
      method: 'PUT',
      path: '/lab/traffic',
      body: { profile: 'wild' },
      status: 400,
      field: 'profile',
      says: /calm, busy/,
    },
    {
      name: 'a process that does not exist',
      method: 'POST',
      path: '/lab/processes/billing/stop',
      status: 404,
      says: /payment, lab/,
    },
    {
      name: 'something that cannot be done to a process',
      method: 'POST',
      path: '/lab/processes/payment/kill',
      status: 400,
      field: 'action',
      says: /start/,
    },
    {
      name: 'stopping the lab through itself',
      method: 'POST',
      path: '/lab/processes/lab/stop',
      status: 409,
      says: /itself/,
    },
    {
      name: 'a log of no lines',
      method: 'GET',
      path: '/lab/processes/payment/log?lines=0',
      status: 400,
      field: 'lines',
      says: /at least 1/,
    },
    {
      name: 'a lab that does not exist',
      method: 'GET',
      path: '/lab/labs/99-none',
      status: 404,
      says: /09-small/,
    },
    {
      name: 'a step that does not exist',
      method: 'POST',
      path: '/lab/labs/09-small/steps/none/hint',
      status: 404,
      says: /see, count, name/,
    },
    {
      name: 'a check of a lab that was not started',
      method: 'POST',
      path: '/lab/labs/09-small/steps/see/check',
      status: 409,
      says: /not been started/,
    },
    {
      name: 'an X-Ray operation that changes something',
      method: 'POST',
      path: '/lab/xray/PutTraceSegments',
      body: {},
      status: 404,
      says: /GetTraceSummaries/,
    },
    {
      name: 'an X-Ray operation named as an object’s own member',
      method: 'POST',
      path: '/lab/xray/constructor',
      body: {},
      status: 404,
      says: /GetTraceSummaries/,
    },
    {
      name: 'a quiz attempt that does not exist',
      method: 'GET',
      path: '/lab/quiz/attempts/none',
      status: 404,
      says: /no quiz attempt/,
    },
    {
      name: 'a quiz answer of the wrong form',
      method: 'POST',
      path: '/lab/quiz/attempts/latest/answer',
      body: { choices: 'A' },
      status: 400,
      field: 'choices',
      says: /a list/,
    },
    {
      name: 'progress of another program',
      method: 'PUT',
      path: '/lab/progress',
      body: { format: 'x' },
      status: 400,
      field: 'format',
      says: /not a progress file/,
    },
  ];
  for (const { name, method, path, body, status, field, says } of wrong) {
    test(`${name} is answered ${status}, in words${field ? `, with the field ${field}` : ''}`, async () => {
      const answer = await lab.ask(method, path, body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(answer.body.message, says);
      assert.equal(typeof answer.body.error, 'string');
      assert.equal(answer.body.field, field);
    });
  }

  for (const { what, method, path, text, status, error } of [
    {
      what: 'a command of more than 1 MB is refused with 413',
      method: 'POST',
      path: '/lab/send',
      text: JSON.stringify({ customerId: 'x'.repeat(1.1e6) }),
      status: 413,
      error: 'too-large',
    },
    {
      what: 'progress of 6 MB is read, and is refused for what it is',
      method: 'PUT',
      path: '/lab/progress',
      text: JSON.stringify({ format: 'x'.repeat(6e6) }),
      status: 400,
      error: 'bad-request',
    },
  ]) {
    test(what, async () => {
      const answer = await lab.ask(method, path, text);
      assert.deepEqual([answer.status, answer.body.error], [status, error]);
    });
  }

  test('after every wrong request the lab still works', async () => {
    for (const { method, path, body } of wrong) await lab.ask(method, path, body);
    assert.equal((await lab.ask('GET', '/lab/status')).status, 200);
  });
});

describe('events', () => {
  test('a page gets the present state, then what changes, and a heartbeat', async () => {
    const lab = await testLab();
    const page = new AbortController();
    const response = await fetch(`${lab.url}/lab/events`, { signal: page.signal });
    assert.match(response.headers.get('content-type') ?? '', /text\/event-stream/);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = '';
    const until = async (text: RegExp) => {
      while (!text.test(seen))
        seen += (await reader.read()).value ?? assert.fail(`the line ended before ${text}`);
    };
    await until(/event: faults\ndata: \[\]\n\n/);
    await until(/event: traffic\ndata: {"profile":"calm"/);
    assert.equal(lab.events.listeners(), 1);
    await lab.ask('POST', '/lab/faults/slow', {});
    await until(/event: faults\ndata: \[{"id":"slow"/);
    await until(/: still here/);
    page.abort();
    await reader.read().catch(() => {});
    await lab.close();
  });
});

describe('other web pages', () => {
  const cases: {
    name: string;
    method?: string;
    headers: Record<string, string>;
    status: number;
    allowedHosts?: string;
  }[] = [
    { name: 'a program without Origin is let in', headers: {}, status: 200 },
    { name: 'the lab’s own page is let in', headers: { origin: 'http://localhost:4321' }, status: 200 },
    {
      name: 'a page on 127.0.0.1 is let in',
      headers: { origin: 'http://127.0.0.1:4321', 'sec-fetch-site': 'same-origin' },
      status: 200,
    },
    { name: 'a page on [::1] is let in', headers: { origin: 'http://[::1]:4321' }, status: 200 },
    { name: 'a page from elsewhere is refused', headers: { origin: 'https://evil.example' }, status: 403 },
    {
      name: 'a page whose name only begins like ours is refused',
      headers: { origin: 'http://localhost.evil.example' },
      status: 403,
    },
    { name: 'a sandboxed frame is refused', headers: { origin: 'null' }, status: 403 },
    {
      name: 'a cross-site request without Origin is refused',
      headers: { 'sec-fetch-site': 'cross-site' },
      status: 403,
    },
    { name: 'a name rebound to loopback is refused', headers: { host: 'evil.example:4321' }, status: 403 },
    {
      name: 'a rebound name may not even read',
      method: 'GET',
      headers: { host: 'evil.example:4321' },
      status: 403,
    },
    {
      name: 'a link from elsewhere may open a page',
      method: 'GET',
      headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      status: 200,
    },
    {
      name: 'a name that was allowed is let in',
      headers: { host: 'lab:4321', origin: 'http://lab:4321' },
      status: 200,
      allowedHosts: 'lab',
    },
  ];
  for (const { name, method = 'POST', headers, status, allowedHosts = '' } of cases) {
    test(name, async () => {
      const lab = await testLab({ allowedHosts });
      // `fetch` sets Host by itself, so this goes through node:http.
      const answered = await new Promise<number | undefined>((resolve, reject) => {
        const path = method === 'POST' ? '/lab/send' : '/lab/faults';
        httpRequest(`${lab.url}${path}`, { method, headers }, (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode));
        })
          .on('error', reject)
          .end();
      });
      assert.equal(answered, status);
      assert.equal(lab.sends.length, method === 'POST' && status === 200 ? 1 : 0);
      await lab.close();
    });
  }
});

describe('the site', () => {
  test('before it is built, a page says the remedy and the lab works', async () => {
    const lab = await testLab();
    const { status, body } = await lab.ask('GET', '/');
    assert.equal(status, 503);
    assert.match(body, /npm start/);
    assert.equal((await lab.ask('GET', '/lab/status')).status, 200);
    await lab.close();
  });

  test('pages have clean addresses, hashed files are kept, an unknown address is the 404 page', async () => {
    const folder = join(
      (await import('node:fs')).mkdtempSync(join((await import('node:os')).tmpdir(), 'site-')),
    );
    for (const [file, text] of Object.entries({
      'index.html': 'home',
      '404.html': 'no such page here',
      'labs/index.html': 'all labs',
      'quiz.html': 'the quiz',
      '_astro/app.abc123.js': 'code',
    })) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const lab = await testLab({ siteDist: folder });

    assert.equal((await lab.ask('GET', '/')).body, 'home');
    assert.equal((await lab.ask('GET', '/labs/')).body, 'all labs');
    assert.deepEqual(
      await lab.ask('GET', '/labs').then(({ status, headers }) => [status, headers.get('location')]),
      [301, '/labs/'],
    );
    assert.equal((await lab.ask('GET', '/quiz')).body, 'the quiz');
    assert.equal((await lab.ask('GET', '/')).headers.get('cache-control'), 'no-cache');
    const script = await lab.ask('GET', '/_astro/app.abc123.js');
    assert.equal(script.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    const missing = await lab.ask('GET', '/no/such');
    assert.deepEqual([missing.status, missing.body], [404, 'no such page here']);
    assert.equal((await lab.ask('GET', '/../package.json')).status, 404);
    assert.equal((await lab.ask('GET', '/%2e%2e%2fpackage.json')).status >= 400, true);
    await lab.close();
  });
});
