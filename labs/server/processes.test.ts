import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, test } from 'node:test';
import type { ProblemError } from './problem.ts';
import { startWithNeeds, supervisedProcesses } from './processes.ts';
import { processView } from '../kit/process.fixture.ts';

describe('processes, through their supervisors', () => {
  const open: Server[] = [];
  const asked: string[] = [];
  let starting = 0;

  async function supervisor(...names: string[]): Promise<{ url: string; server: Server }> {
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.setHeader('content-type', 'application/json');
      const name = /^\/processes\/([^/]+)\//.exec(request.url ?? '')?.[1];
      const health = (one: string) =>
        starting-- > 0 ? { ...processView(one), healthy: false, state: 'starting' } : processView(one);
      if (request.url === '/processes') response.end(JSON.stringify(names.map(health)));
      else if (request.url?.includes('/log')) response.end('{"lines":["one"]}');
      else if (request.url?.endsWith('/start')) {
        response.writeHead(409).end(JSON.stringify({ error: 'busy', message: 'It is starting.' }));
      } else {
        if (request.url?.endsWith('/restart')) starting = 2;
        response.end(JSON.stringify(health(name ?? '')));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    open.push(server);
    return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
  }

  const end = (server: Server) =>
    new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
  afterEach(async () => {
    await Promise.all(open.splice(0).map(end));
    asked.length = 0;
  });

  test('the lists of all supervisors are one list', async () => {
    const [one, two] = [await supervisor('gateway'), await supervisor('order', 'payment')];
    const all = await supervisedProcesses([one.url, two.url]).list();
    assert.deepEqual(
      all.map(({ name }) => name),
      ['gateway', 'order', 'payment'],
    );
  });

  test('an action goes to the supervisor that has the process', async () => {
    const [one, two] = [await supervisor('gateway'), await supervisor('order')];
    await supervisedProcesses([one.url, two.url]).act('order', 'stop');
    assert.ok(asked.includes('POST /processes/order/stop'));
  });

  test('a restart is answered when the process is healthy again', async () => {
    const { url } = await supervisor('order');
    const order = await supervisedProcesses([url]).act('order', 'restart');
    assert.deepEqual([order.state, order.healthy], ['running', true]);
    assert.deepEqual(asked.slice(-2), ['GET /processes', 'GET /processes']);
  });

  test('a supervisor’s own problem is passed on', async () => {
    const { url } = await supervisor('order');
    await assert.rejects(supervisedProcesses([url]).act('order', 'start'), {
      status: 409,
      message: 'It is starting.',
    });
  });

  test('the log is asked for with its number of lines', async () => {
    const { url } = await supervisor('order');
    assert.deepEqual(await supervisedProcesses([url]).log('order', 7), { lines: ['one'] });
    assert.ok(asked.includes('GET /processes/order/log?lines=7'));
  });

  test('an unknown process is a 404 that lists the known ones', async () => {
    const { url } = await supervisor('order');
    await assert.rejects(supervisedProcesses([url]).act('billing', 'stop'), (error: ProblemError) => {
      assert.equal(error.status, 404);
      assert.match(error.message, /There is: order\./);
      return true;
    });
  });

  test('processes whose supervisor has died are shown as not healthy, with the reason', async () => {
    const { url, server } = await supervisor('order');
    const processes = supervisedProcesses([url]);
    await processes.list();
    await end(server);
    const [order] = await processes.list();
    assert.equal(order?.healthy, false);
    assert.match(order?.reason ?? '', /supervisor on .* does not answer/);
  });

  test('without any supervisor an action is a 503 with a remedy', async () => {
    const { url, server } = await supervisor('order');
    await end(server);
    await assert.rejects(supervisedProcesses([url]).act('order', 'stop'), (error: ProblemError) => {
      assert.equal(error.status, 503);
      assert.match(error.problem.remedy ?? '', /npm start/);
      return true;
    });
  });
});

test('who starts a process by hand starts what it needs and what does not run, first and in order', async () => {
  const running = (name: string) => ({ ...processView(name), state: 'running' as const });
  const down = (name: string) => ({ ...processView(name), state: 'stopped' as const });
  const present = [
    { ...down('pricing'), needs: ['database', 'daemon', 'gateway'] },
    down('daemon'),
    down('database'),
    running('gateway'),
  ];
  const acts: string[] = [];
  const act = (name: string, action: string) => {
    acts.push(`${action} ${name}`);
    return Promise.resolve(running(name));
  };
  await startWithNeeds({ list: () => Promise.resolve(present), act }, 'pricing');
  assert.deepEqual(acts, ['start database', 'start daemon', 'start pricing']);
});
