import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingLog } from './testing.ts';
import { UploadQueue } from './upload-queue.ts';

/** A queue whose uploads last until told. */
function setUp(concurrency: number) {
  const started: string[] = [];
  const finish: (() => void)[] = [];
  let spilled = 0;
  const { log, lines } = recordingLog();
  const queue = new UploadQueue({
    concurrency,
    upload: ([first]) => {
      started.push(first!);
      return new Promise((resolve) => finish.push(resolve));
    },
    log,
    onSpill: (segments) => (spilled += segments),
  });
  return { queue, started, finish, lines, spilled: () => spilled };
}

test('no more uploads run than allowed, and the next one starts when one ends', async () => {
  const { queue, started, finish } = setUp(2);
  for (const name of ['a', 'b', 'c']) queue.add([name]);
  assert.deepEqual(started, ['a', 'b']);
  finish[0]!();
  await new Promise(setImmediate);
  assert.deepEqual(started, ['a', 'b', 'c']);
});

test('when twenty batches wait, the next one pushes out the oldest', async () => {
  const { queue, started, finish, lines, spilled } = setUp(1);
  for (let index = 0; index <= 21; index++) queue.add([`${index}`, 'x', 'y']);
  assert.deepEqual(lines, ['[Warn] Spilling over 3 segments']);
  assert.equal(spilled(), 3);
  finish[0]!();
  await new Promise(setImmediate);
  assert.deepEqual(started, ['0', '2']);
});

test('the queue is idle once everything has been uploaded', async () => {
  const { queue, finish } = setUp(1);
  queue.add(['a']);
  queue.add(['b']);
  let isIdle = false;
  const idle = queue.idle().then(() => (isIdle = true));
  finish[0]!();
  await new Promise(setImmediate);
  assert.equal(isIdle, false);
  finish[1]!();
  await idle;
});
