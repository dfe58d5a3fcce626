import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_RECEIVES, queue } from './queue.ts';

test('putting a message is not waiting for its work', async () => {
  let done = false;
  const letters = queue(async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    done = true;
  });
  const put = letters.put({ body: {} });
  assert.match(put!.messageId, /^[0-9a-f-]{36}$/);
  assert.equal(done, false);
  await put!.over;
  assert.equal(done, true);
});

test('a message carries its body and the trace header it came with', async () => {
  const seen: unknown[] = [];
  const letters = queue(async ({ body, traceHeader }) => void seen.push({ body, traceHeader }));
  await letters.put({ body: { orderId: 'o-1' }, traceHeader: 'Root=1' })!.over;
  assert.deepEqual(seen, [{ body: { orderId: 'o-1' }, traceHeader: 'Root=1' }]);
});

test('work that fails once is done again, and then the message is gone', async () => {
  let tries = 0;
  const letters = queue(async () => {
    if (++tries === 1) throw new Error('not now');
  });
  await letters.put({ body: {} })!.over;
  assert.equal(tries, 2);
  assert.deepEqual(letters.deadLetters(), []);
});

test('work that always fails is tried three times, and the message lies with the dead letters', async () => {
  let tries = 0;
  const letters = queue(() => {
    tries++;
    return Promise.reject(new Error('never'));
  });
  const put = letters.put({ body: { orderId: 'o-1' } });
  await put!.over;
  assert.equal(tries, MAX_RECEIVES);
  assert.deepEqual(letters.deadLetters(), [
    { id: put!.messageId, body: { orderId: 'o-1' }, receives: MAX_RECEIVES },
  ]);
});

test('a message is over when its own work is, whatever else is in the queue', async () => {
  const letters = queue(({ body }) => ('quick' in body ? Promise.resolve() : new Promise(() => {})));
  letters.put({ body: {} });
  await letters.put({ body: { quick: true } })!.over;
  assert.deepEqual(letters.deadLetters(), []);
});
