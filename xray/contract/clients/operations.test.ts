import * as xray from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitProfiles } from '../../limits.ts';
import { operations } from '../../operations/index.ts';
import { onlyLocal, startBackend } from '../harness.ts';
import { calls } from './calls.ts';
import { boto3Skip } from './installed.ts';
import { extractedModel } from './official-model/extract.ts';
import { operationNamed, serviceModel } from './official-model/service-model.ts';
import { departures } from './official-model/departures.ts';
import { post, worldOf } from './world.ts';

const backend = await startBackend({ limits: limitProfiles.lenient });
const world = worldOf(backend);
const { endpoint } = backend;

/** Answers outside AWS's model that AWS gives itself. */
const asAwsAnswers = [
  // The Default rule's priority: awscli/examples/xray/get-sampling-rules.rst prints it.
  /SamplingRule\.Priority is 10000, more than 9999$/,
];

const called = Object.keys(calls).sort();

test('the 38 operations called here are those of the JavaScript client', () => {
  const commands = Object.keys(xray).filter((name) => /^[A-Z].*Command$/.test(name));
  assert.equal(called.length, 38);
  assert.deepEqual(called, commands.map((name) => name.replace(/Command$/, '')).sort());
});

test('the 38 operations called here are those of the local X-Ray, at the paths of AWS’s model', () => {
  const ours = Object.fromEntries(operations.map(({ name, path }) => [name, path]));
  const official = Object.entries(serviceModel.operations).map(([name, { path }]) => [name, path]);
  assert.deepEqual(ours, Object.fromEntries(official));
  assert.deepEqual(Object.keys(ours).sort(), called);
});

test('AWS’s model kept here is the one of the botocore that is named in it', { skip: boto3Skip }, (t) => {
  const installed = extractedModel();
  if (installed.source !== serviceModel.source) {
    return t.skip(`the model kept here is of ${serviceModel.source}: pip install that version`);
  }
  assert.deepEqual(installed, serviceModel);
});

for (const [operation, { input, check, ...call }] of Object.entries(calls)) {
  const skip = call.onlyLocal === true && onlyLocal;
  test(`the JavaScript client calls ${operation}`, { skip }, async () => {
    const body = await input(world);
    check(await world.send(operation, body), body);
  });

  test(
    `what ${operation} answers has the shape of AWS’s model, member by member`,
    { skip: onlyLocal },
    async () => {
      const { path, output } = operationNamed(operation);
      const { status, answer } = await post(endpoint!, path, JSON.stringify(await input(world)));
      assert.equal(status, 200, JSON.stringify(answer));
      const found = departures(output, answer);
      assert.deepEqual(
        found.filter((text) => !asAwsAnswers.some((known) => known.test(text))),
        [],
      );
    },
  );
}
