/**
 * Hidden mode leaks no name. Every fault of the catalogue is switched on as a lab's hidden fault, in a whole lab; then the
 * state folder (logs and databases), every process's environment and title, the API's answers and the pages are searched
 * for its id and its title.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ActiveFault, Faults, LabProcess, LabStatus } from '../../labs/server/contract.ts';
import { faults } from '../../sample-app/faults/index.ts';
import { root } from '../imports.ts';
import { startStack, type Stack } from '../stack.ts';
import { batches } from './hidden/batches.ts';

let stack: Stack;
/** Each page as it was when nothing was on. */
const pages = new Map<string, string>();

before(async () => {
  const options = process.env.NODE_OPTIONS;
  // The supervisor hands its environment to its processes; only the lab imports what the preload replaces.
  process.env.NODE_OPTIONS =
    `${options ?? ''} --import ${join(root, 'tests/faults/hidden/preload.mjs')}`.trim();
  try {
    stack = await startStack('hidden');
  } finally {
    if (options === undefined) delete process.env.NODE_OPTIONS;
    else process.env.NODE_OPTIONS = options;
  }
  for (const page of ['/', '/faults/', '/console/', '/labs/', '/guide/faults/'])
    pages.set(page, await textOf(page));
});
after(() => stack?.stop());

const textOf = async (path: string, base = stack.lab) => (await fetch(`${base}${path}`)).text();
const jsonOf = async <Answer>(path: string) => JSON.parse(await textOf(path)) as Answer;

async function post(path: string, body: object = {}): Promise<string> {
  const answer = await fetch(`${stack.lab}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  assert.equal(answer.status, 200, text);
  return text;
}

/** Everything a learner can look at, by where it is. */
async function everything(lab: string, startAnswer: string): Promise<Map<string, string>> {
  const seen = new Map([[`POST /lab/labs/${lab}/start`, startAnswer]]);
  const { areas: _areas, catalogue: _catalogue, ...rest } = await jsonOf<Faults>('/lab/faults');
  seen.set('GET /lab/faults, but for its catalogue', JSON.stringify(rest));
  for (const path of ['status', 'env', 'traffic', 'processes', 'labs', `labs/${lab}`, 'progress'])
    seen.set(`GET /lab/${path}`, await textOf(`/lab/${path}`));
  seen.set('GET /lab/events', await events());
  const time = { StartTime: Date.now() / 1000 - 120, EndTime: Date.now() / 1000 + 1 };
  for (const operation of ['GetTraceSummaries', 'GetServiceGraph', 'GetSamplingRules'])
    // Not every answer is there: X-Ray may be one of those that a fault has stopped.
    seen.set(
      operation,
      await post(`/lab/xray/${operation}`, operation.endsWith('Rules') ? {} : time).catch(String),
    );

  const processes = await jsonOf<LabProcess[]>('/lab/processes');
  for (const { name, pid, address } of processes) {
    seen.set(`the log of ${name}`, await textOf(`/lab/processes/${name}/log?lines=2000`));
    if (address.startsWith('http') && name !== 'lab')
      seen.set(`${name}/_plan`, await textOf('/_plan', address).catch(() => 'no answer'));
    if (pid === undefined) continue;
    for (const file of ['environ', 'cmdline', 'comm'])
      seen.set(`/proc of ${name}, ${file}`, proc(`/proc/${pid}/${file}`));
  }
  for (const file of globSync('**/*', { cwd: stack.home }))
    if (statSync(join(stack.home, file)).isFile())
      seen.set(file, readFileSync(join(stack.home, file), 'latin1'));
  return seen;
}

/** A process may have ended meanwhile; where there is no /proc there is nothing to leak. */
function proc(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

/** What the lab tells its pages: until it has told of faults, and for half a second more. */
async function events(): Promise<string> {
  const ending = new AbortController();
  const end = (milliseconds: number) => setTimeout(() => ending.abort(), milliseconds);
  const patience = end(20_000);
  let text = '';
  try {
    const { body } = await fetch(`${stack.lab}/lab/events`, { signal: ending.signal });
    let isTold = false;
    for await (const chunk of body!) {
      text += Buffer.from(chunk as Uint8Array).toString();
      if (isTold || !text.includes('event: faults')) continue;
      isTold = true;
      end(500);
    }
  } catch {
    // The time is over.
  }
  clearTimeout(patience);
  return text;
}

describe('hidden faults', () => {
  const all = batches();

  test('every fault of the catalogue is in a batch', () =>
    assert.deepEqual(new Set(all.flat()), new Set(faults)));

  all.forEach((batch, index) => {
    test(`neither name nor title of ${batch.map(({ id }) => id).join(', ')} is anywhere`, async () => {
      const lab = `9${index}-batch`;
      const startAnswer = await post(`/lab/labs/${lab}/start`);
      await post('/lab/send').catch(() => 'A closed shop is one of the faults.');
      await sleep(1500);

      const { faults: active } = await jsonOf<LabStatus>('/lab/status');
      assert.equal(active.length, batch.length, 'all of them are on');
      assert.ok(active.every(({ id }: ActiveFault) => /^hidden-\d+$/.test(id)));

      const seen = await everything(lab, startAnswer);
      assert.ok(seen.get('GET /lab/events')?.includes('event: faults'), 'the events were read');
      assert.ok(seen.get('logs/order.log') || seen.get('logs/gateway.log'), 'the logs were read');
      for (const [where, text] of seen)
        for (const { id, title } of batch)
          assert.ok(!text.includes(id) && !text.includes(title), `${where} tells of ${id}`);

      // The pages list the whole catalogue; that they are the same as before says which one is on to nobody.
      for (const [page, text] of pages)
        assert.ok((await textOf(page)) === text, `${page} is another page now`);
    });
  });
});
