import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabProcess } from '../contract.ts';
import type { ProcessAction } from '../processes.ts';
import { processView } from '../../kit/process.fixture.ts';
import { createProcessTarget } from './process-target.ts';

function lab(state: LabProcess['state'] = 'running') {
  const process = processView('order', state);
  const acts: { action: ProcessAction; variables?: Readonly<Record<string, string>> }[] = [];
  const delays: number[] = [];
  return {
    process,
    acts,
    delays,
    processes: {
      list: async () => [process],
      async act(_name: string, action: ProcessAction, variables?: Readonly<Record<string, string>>) {
        acts.push({ action, ...(variables && { variables }) });
        process.state = action === 'stop' ? 'stopped' : 'running';
        return process;
      },
    },
    link: {
      url: async () => 'http://127.0.0.1:9999',
      delay: (milliseconds: number) => void delays.push(milliseconds),
      cut() {},
      close() {},
    },
  };
}

test('a process is stopped, and runs again afterwards', async () => {
  const { processes, link, acts } = lab();
  const target = createProcessTarget('order', true, processes, link);
  target.want([{ kind: 'stopped', process: 'order' }]);
  assert.match(target.reason() ?? '', /has not been asked yet/);
  await target.reconcile();
  assert.equal(target.reason(), undefined);
  target.want([]);
  await target.reconcile();
  assert.deepEqual(acts, [{ action: 'stop' }, { action: 'start', variables: {} }]);
});

test('it is asked once, however often it is compared', async () => {
  const { processes, link, acts } = lab();
  const target = createProcessTarget('order', true, processes, link);
  for (let round = 0; round < 3; round++) {
    target.want([{ kind: 'stopped', process: 'order' }]);
    await target.reconcile();
  }
  assert.equal(acts.length, 1);
});

test('a wrong variable is deployed by a restart, and taken back by another', async () => {
  const { processes, link, acts } = lab();
  const target = createProcessTarget('order', true, processes, link);
  target.want([{ kind: 'environment', process: 'order', variables: { AWS_REGION: 'eu-west-1' } }]);
  await target.reconcile();
  target.want([]);
  await target.reconcile();
  assert.deepEqual(acts, [
    { action: 'restart', variables: { AWS_REGION: 'eu-west-1' } },
    { action: 'restart', variables: {} },
  ]);
});

test('a process that nobody needs otherwise is started, and stopped again', async () => {
  const { processes, link, acts } = lab('stopped');
  const target = createProcessTarget('order', false, processes, link);
  target.want([{ kind: 'started', process: 'order', variables: { SERVICE_VERSION: '2' } }]);
  await target.reconcile();
  target.want([]);
  await target.reconcile();
  assert.deepEqual(acts, [{ action: 'start', variables: { SERVICE_VERSION: '2' } }, { action: 'stop' }]);
});

test('a slow link is the address the process gets, with its delay', async () => {
  const { processes, link, acts, delays } = lab();
  const target = createProcessTarget('order', true, processes, link);
  target.want([{ kind: 'slow-link', process: 'order', milliseconds: 3000 }]);
  await target.reconcile();
  assert.deepEqual(acts, [
    { action: 'restart', variables: { AWS_ENDPOINT_URL_XRAY: 'http://127.0.0.1:9999' } },
  ]);
  assert.deepEqual(delays, [3000]);
});

test('a learner who starts the process by hand has cured the fault, and is not fought', async () => {
  const { processes, link, acts, process } = lab();
  const target = createProcessTarget('order', true, processes, link);
  target.want([{ kind: 'stopped', process: 'order' }]);
  await target.reconcile();
  process.state = 'running';
  await target.reconcile();
  assert.equal(target.reason(), 'order was started by hand.');
  assert.equal(acts.length, 1);
});

test('a supervisor that does not answer is the reason, and is asked again', async () => {
  const { processes, link, acts } = lab();
  let away = true;
  const target = createProcessTarget(
    'order',
    true,
    {
      ...processes,
      list: () => (away ? Promise.reject(new Error('Its supervisor is away.')) : processes.list()),
    },
    link,
  );
  target.want([{ kind: 'stopped', process: 'order' }]);
  await target.reconcile();
  assert.equal(target.reason(), 'Its supervisor is away.');
  away = false;
  await target.reconcile();
  assert.equal(target.reason(), undefined);
  assert.equal(acts.length, 1);
});

const stopped = { kind: 'stopped', process: 'order' } as const;
const wrongRegion = {
  kind: 'environment',
  process: 'order',
  variables: { AWS_REGION: 'eu-west-1' },
} as const;

test('a process that an earlier lab process stopped is started', async () => {
  const { processes, link, acts } = lab('stopped');
  const target = createProcessTarget('order', true, processes, link);
  target.leftBehind?.([stopped], 1000);
  await target.reconcile();
  assert.deepEqual(acts, [{ action: 'start', variables: {} }]);
  assert.equal(target.reason(), undefined);
});

test('a process that an earlier lab process deployed with a wrong variable is deployed without it', async () => {
  const { processes, link, acts, process } = lab();
  process.startedAt = 1001;
  const target = createProcessTarget('order', true, processes, link);
  target.leftBehind?.([wrongRegion], 1000);
  await target.reconcile();
  assert.deepEqual(acts, [{ action: 'restart', variables: {} }]);
});

test('a process that was started long after an earlier lab process touched it is left alone', async () => {
  const { processes, link, acts, process } = lab();
  process.startedAt = 2000;
  const target = createProcessTarget('order', true, processes, link);
  target.leftBehind?.([wrongRegion], 1000);
  await target.reconcile();
  assert.deepEqual(acts, []);
  assert.equal(target.reason(), undefined);
});

test('what an earlier lab process made of it is not undone when it is wanted again', async () => {
  const { processes, link, acts } = lab('stopped');
  const target = createProcessTarget('order', true, processes, link);
  target.leftBehind?.([stopped], 1000);
  target.want([stopped]);
  await target.reconcile();
  assert.deepEqual(acts, []);
});

test('what is switched off while the supervisor is silent is put right when it answers', async () => {
  const { processes, link, acts } = lab();
  let isSilent = false;
  const target = createProcessTarget(
    'order',
    true,
    {
      list: processes.list,
      act: (...given) =>
        isSilent ? Promise.reject(new Error('The supervisor does not answer.')) : processes.act(...given),
    },
    link,
  );
  target.want([stopped]);
  await target.reconcile();
  isSilent = true;
  target.want([]);
  await target.reconcile();
  assert.equal(target.reason(), 'The supervisor does not answer.');
  isSilent = false;
  await target.reconcile();
  assert.deepEqual(acts, [{ action: 'stop' }, { action: 'start', variables: {} }]);
  assert.equal(target.reason(), undefined);
});
