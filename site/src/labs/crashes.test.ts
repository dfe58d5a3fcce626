import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LabProcess, ProcessCrash } from '@xray-lab/labs/server/contract';
import { crashesOf } from './crashes.ts';

const process = (name: string, state: LabProcess['state'], crash?: ProcessCrash): LabProcess => ({
  name,
  role: name,
  state,
  healthy: state === 'running',
  address: 'http://127.0.0.1:1',
  restarts: 0,
  ...(crash && { crash, reason: crash.how }),
});

const unfinished: ProcessCrash = {
  at: 1,
  how: 'ended with exit code 1',
  error: 'SyntaxError',
  message: 'Expression expected',
  file: 'sample-app/services/payment/provider.ts',
  line: 8,
  source: 'const RETRIES = ;',
};

test('a crash in a file of the shop is told with file, line and message, and mended by saving', () => {
  assert.deepEqual(crashesOf([process('auth', 'running'), process('payment', 'crashed', unfinished)]), [
    {
      name: 'payment',
      says: 'SyntaxError: Expression expected',
      place: 'sample-app/services/payment/provider.ts, line 8',
      source: 'const RETRIES = ;',
      remedy: 'Mend the file and save it: payment then starts by itself.',
    },
  ]);
});

test('a crash without words is told by how it ended', () => {
  const [told] = crashesOf([process('order', 'crashed', { at: 1, how: 'ended by SIGKILL' })]);
  assert.deepEqual(told, {
    name: 'order',
    says: 'ended by SIGKILL',
    remedy: '`npm run lab -- logs order` shows what it wrote.',
  });
});

test('a file without a line is named alone', () => {
  const { line: _, source: __, ...noLine } = unfinished;
  assert.equal(crashesOf([process('payment', 'crashed', noLine)])[0]?.place, unfinished.file);
});

test('what runs, starts, was stopped or is the lab itself is no crash', () => {
  const states = (['running', 'starting', 'stopped'] as const).map((state) => process(state, state));
  assert.deepEqual(crashesOf([...states, process('lab', 'crashed', unfinished)]), []);
});
