import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { AnswerError, answerFor, parse } from './errors.ts';
import { CallFailed, CallTimeout, CallUnanswered } from './http-client.ts';

const throttle = Object.assign(new Error('exceeded'), { name: 'ProvisionedThroughputExceededException' });
const tooLarge = Object.assign(new Error('request entity too large'), { status: 413 });

const cases = [
  { name: 'our own answer', error: new AnswerError(404, 'not-found', 'no'), status: 404 },
  { name: 'a timeout behind us', error: new CallTimeout('slow'), status: 504 },
  { name: 'nobody there behind us', error: new CallUnanswered('refused'), status: 502 },
  { name: 'a 504 behind us stays one', error: new CallFailed('x', 504, {}), status: 504 },
  { name: 'a 503 behind us stays one', error: new CallFailed('x', 503, {}), status: 503 },
  { name: 'a 500 behind us is a bad gateway here', error: new CallFailed('x', 500, {}), status: 502 },
  {
    name: 'a refusal behind us is passed on',
    error: new CallFailed('x', 409, { error: 'sold-out' }),
    status: 409,
  },
  { name: 'a throttled table', error: throttle, status: 503 },
  { name: 'Express’s own refusal', error: tooLarge, status: 413 },
  { name: 'anything else', error: new TypeError('bug'), status: 500 },
];
for (const { name, error, status } of cases) {
  test(`${name} is answered ${status}`, () => assert.equal(answerFor(error).status, status));
}

test('a path that cannot be decoded is not the body’s fault', () => {
  const error = Object.assign(new URIError("Failed to decode param '%ff'"), { status: 400 });
  assert.equal(answerFor(error).body.field, 'path');
});

test('the details of an unknown error are not told', () => {
  assert.doesNotMatch(answerFor(new TypeError('secret')).body.message, /secret/);
});

test('wrong data is an AnswerError 400 that names the field', () => {
  const schema = z.strictObject({ items: z.array(z.object({ quantity: z.number() })) });
  const fieldOf = (data: unknown) => {
    try {
      parse(schema, data);
    } catch (error) {
      return (error as AnswerError).body.field;
    }
    return undefined;
  };
  assert.equal(fieldOf({ items: [{ quantity: 'two' }] }), 'items.0.quantity');
  assert.equal(fieldOf({ items: [], extra: 1 }), 'extra');
  assert.equal(fieldOf(undefined), 'body');
  assert.equal(fieldOf({ items: [{ quantity: 2 }] }), undefined);
});
