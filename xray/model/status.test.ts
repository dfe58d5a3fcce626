import assert from 'node:assert/strict';
import { test } from 'node:test';
import { durationOf, flagsOf, isOk, statusOf } from './status.ts';
import type { Entity } from './vocabulary.ts';

const entity = (more: Partial<Entity>): Entity => ({
  id: 'a',
  name: 'a',
  start_time: 1,
  end_time: 2,
  ...more,
});
const withStatus = (status: number) => ({ http: { response: { status } } });

const cases: { name: string; given: Partial<Entity>; status: string }[] = [
  { name: 'nothing flagged is ok', given: {}, status: 'ok' },
  {
    name: 'a 429 is throttle, although X-Ray also marks it as an error',
    given: { error: true, throttle: true },
    status: 'throttle',
  },
  {
    name: 'a fault outranks everything',
    given: { fault: true, throttle: true, error: true },
    status: 'fault',
  },
  { name: 'without flags, 404 means error', given: withStatus(404), status: 'error' },
  { name: 'without flags, 429 means throttle', given: withStatus(429), status: 'throttle' },
  { name: 'without flags, 503 means fault', given: withStatus(503), status: 'fault' },
  { name: 'without flags, 302 means ok', given: withStatus(302), status: 'ok' },
  {
    name: 'recorded flags outrank the status: a handled 500 is ok',
    given: { ...withStatus(500), fault: false },
    status: 'ok',
  },
];

/** Both sides of each border between two kinds of answer. */
const borders: Record<string, number[]> = {
  ok: [399, 600],
  error: [400, 428, 430, 499],
  throttle: [429],
  fault: [500, 599],
};
for (const [status, answers] of Object.entries(borders)) {
  test(`without flags, ${answers.join(', ')} mean ${status}`, () =>
    assert.deepEqual(
      answers.map((answer) => statusOf(entity(withStatus(answer)))),
      answers.map(() => status),
    ));
}

for (const { name, given, status } of cases) {
  test(name, () => assert.equal(statusOf(entity(given)), status));
}

const open: Entity = { id: 'a', name: 'a', start_time: 1, in_progress: true };

test('what has not ended is pending', () => assert.equal(statusOf(open), 'pending'));
test('what has failed before its end is a fault already', () =>
  assert.equal(statusOf({ ...open, fault: true }), 'fault'));
test('all flags are kept apart from the one status', () =>
  assert.deepEqual(flagsOf(entity(withStatus(429))), { error: true, throttle: true, fault: false }));
test('an end before the start, by clock skew, is a duration of 0', () =>
  assert.equal(durationOf(entity({ start_time: 5, end_time: 4 })), 0));

test('ok means 2xx, or no status and nothing flagged', () => {
  assert.equal(isOk(entity(withStatus(204))), true);
  assert.equal(isOk(entity({})), true);
  assert.equal(isOk(entity(withStatus(302))), false);
  assert.equal(isOk(entity({ ...withStatus(200), fault: true })), false);
  assert.equal(isOk(open), false);
});
