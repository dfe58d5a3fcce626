import { test } from 'node:test';
import assert from 'node:assert/strict';
import { labelOf, parametersFrom, settingsOf } from './parameters.ts';

const schema = {
  type: 'object',
  properties: {
    share: { type: 'number', minimum: 0, maximum: 1, default: 1, description: 'Share of requests' },
    delayMilliseconds: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    status: { anyOf: [{ const: 401 }, { const: 403 }], default: 401 },
    customer: { type: 'string', pattern: '^c-\\d{3}$', default: 'c-007' },
    either: { anyOf: [{ type: 'string' }, { type: 'number' }] },
    mode: { enum: ['write', 'read'], default: 'write' },
    nested: { type: 'object' },
  },
  required: ['share', 'delayMilliseconds'],
};

test('each simple member of the schema is a field, in order', () => {
  assert.deepEqual(
    settingsOf(schema).map(({ name, type, required }) => [name, type, required]),
    [
      ['share', 'number', false],
      ['delayMilliseconds', 'integer', true],
      ['status', 'choice', false],
      ['customer', 'text', false],
      ['mode', 'choice', false],
    ],
  );
});

test('a union of literals is a choice of them, and its numbers stay numbers', () => {
  const settings = settingsOf(schema);
  assert.deepEqual(settings.find(({ name }) => name === 'status')?.choices, [401, 403]);
  assert.deepEqual(parametersFrom(settings, { status: '403' }), { status: 403 });
});

test('a text brings its pattern', () =>
  assert.equal(settingsOf(schema).find(({ name }) => name === 'customer')?.pattern, '^c-\\d{3}$'));

test('limits that only say "a safe integer" are not shown', () =>
  assert.equal(settingsOf(schema)[1]?.maximum, undefined));

test('labels are words with their unit', () =>
  assert.deepEqual(['share', 'jitterMilliseconds'].map(labelOf), ['Share', 'Jitter (milliseconds)']));

test('numbers are numbers, and an empty field is left to its default', () => {
  assert.deepEqual(
    parametersFrom(settingsOf(schema), { share: '0.5', delayMilliseconds: '', mode: 'read' }),
    {
      share: 0.5,
      mode: 'read',
    },
  );
});
