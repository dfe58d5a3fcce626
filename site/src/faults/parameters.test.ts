import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { FaultDescription } from '@xray-lab/labs/server/contract';
import {
  aboutSeed,
  commonSettingsOf,
  filledIn,
  isDrawn,
  labelOf,
  parametersOf,
  refusalAt,
  requestFrom,
  shownIn,
  type Form,
} from './parameters.ts';

const fault: FaultDescription = {
  id: 'slow',
  title: 'Slow',
  area: 'payment',
  inTheWild: '',
  services: [],
  parameters: {
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
  },
  allowed: { share: 'number, 0 to 1, 1 when left out' },
  draws: ['status', 'customer'],
  actsOnRequests: true,
  signature: { filter: 'fault', atLeast: 1, shows: 'appears', withinSeconds: 3, says: '' },
  lookFor: '',
};
const parameters = parametersOf(fault);
const parameter = (name: string) => parameters.find((setting) => setting.name === name)!;
const common = {
  parameters: {
    properties: {
      stopAfterSeconds: { type: 'number', minimum: 1, maximum: 86_400 },
      share: { type: 'number', exclusiveMinimum: 0, maximum: 1, title: 'Share of the requests' },
      'schedule.onSeconds': { type: 'number', title: 'On for about (seconds)' },
      'schedule.offSeconds': { type: 'number', title: 'Off for about (seconds)' },
      seed: { type: 'integer' },
    },
  },
  allowed: { share: 'number, more than 0, at most 1' },
};
const all = [...parameters, ...commonSettingsOf(common, fault)];

test('each simple member of the schema is a field, in order, with what it may be', () => {
  assert.deepEqual(
    parameters.map(({ path, type, allowed }) => [path, type, allowed]),
    [
      ['parameters.share', 'number', 'number, 0 to 1, 1 when left out'],
      ['parameters.delayMilliseconds', 'integer', ''],
      ['parameters.status', 'choice', ''],
      ['parameters.customer', 'text', ''],
      ['parameters.mode', 'choice', ''],
    ],
  );
});

test('what can be asked of any fault is a field, and a share only of one that acts on requests', () => {
  const labels = (actsOnRequests: boolean) =>
    commonSettingsOf(common, { ...fault, actsOnRequests }).map(({ label }) => label);
  const turns = ['On for about (seconds)', 'Off for about (seconds)', 'Seed'];
  assert.deepEqual(labels(true), ['Stop after (seconds)', 'Share of the requests', ...turns]);
  assert.deepEqual(labels(false), ['Stop after (seconds)', ...turns]);
});

test('a union of literals is a choice of them', () =>
  assert.deepEqual(parameter('status').choices, [401, 403]));

test('a text brings its pattern', () => assert.equal(parameter('customer').pattern, '^c-\\d{3}$'));

test('labels are words with their unit', () =>
  assert.deepEqual(['share', 'jitterMilliseconds'].map(labelOf), ['Share', 'Jitter (milliseconds)']));

const requests: { name: string; form: Form; request: unknown }[] = [
  { name: 'nothing, where nobody touched anything', form: {}, request: {} },
  {
    name: 'nothing for fields that are empty',
    form: { seed: ' ', share: '', 'parameters.share': '' },
    request: {},
  },
  {
    name: 'numbers for numbers, also those of a choice',
    form: { 'parameters.share': ' 0.5 ', 'parameters.status': '403', 'parameters.mode': 'read' },
    request: { parameters: { share: 0.5, status: 403, mode: 'read' } },
  },
  {
    name: 'the fault’s own share and that of the requests apart',
    form: { 'parameters.share': '0.5', share: '0.2' },
    request: { parameters: { share: 0.5 }, share: 0.2 },
  },
  {
    name: 'a schedule with its seed, and when it stops',
    form: { 'schedule.onSeconds': '20', 'schedule.offSeconds': '40', seed: '7', stopAfterSeconds: '600' },
    request: { schedule: { onSeconds: 20, offSeconds: 40 }, seed: 7, stopAfterSeconds: 600 },
  },
  {
    name: 'half a schedule as it is: the lab names the missing half',
    form: { 'schedule.onSeconds': '20' },
    request: { schedule: { onSeconds: 20 } },
  },
  {
    name: 'what is no number as the text that it is, so that it is refused and not lost',
    form: { share: '0,5', seed: 'Infinity', stopAfterSeconds: '-' },
    request: { share: '0,5', seed: 'Infinity', stopAfterSeconds: '-' },
  },
];
for (const { name, form, request } of requests) {
  test(`a form becomes ${name}`, () => assert.deepEqual(requestFrom(all, form), request));
}

test('a field shows its default until it is touched, and then what was put into it', () => {
  const shown = (form: Form) =>
    [parameter('share'), parameter('status')].map((one) => shownIn(one, form, fault));
  assert.deepEqual(shown({}), ['1', '401']);
  assert.deepEqual(shown({ 'parameters.share': '', 'parameters.status': '403' }), ['', '403']);
});

test('with a seed, what it draws is empty as long as it is left alone, and the rest has its default', () => {
  const form = { seed: '7', 'parameters.customer': 'c-001' };
  assert.deepEqual(
    ['share', 'status', 'customer'].map((name) => [
      shownIn(parameter(name), form, fault),
      isDrawn(parameter(name), form, fault),
    ]),
    [
      ['1', false],
      ['', true],
      ['c-001', false],
    ],
  );
  assert.equal(isDrawn(parameter('status'), { seed: ' ' }, fault), false);
});

test('a seed says what it draws', () => {
  assert.match(aboutSeed(parameters, fault), /of: Status, Customer;/);
  assert.match(aboutSeed(parameters, { ...fault, draws: [] }), /nothing else to draw/);
});

test('a closed disclosure tells what was filled in', () => {
  assert.equal(filledIn(all, { share: '0.2', seed: '' }), 'Share of the requests: 0.2');
  assert.equal(filledIn(all, {}), '');
});

test('a refusal is told at the field it names, without the name', () => {
  const problem = { field: 'share', message: 'share: must be at most 1.' };
  assert.equal(refusalAt('share', problem), 'Must be at most 1.');
  assert.equal(refusalAt('seed', problem), undefined);
  assert.equal(refusalAt('share', undefined), undefined);
  assert.equal(refusalAt('share', { field: 'share', message: 'No share here.' }), 'No share here.');
});
