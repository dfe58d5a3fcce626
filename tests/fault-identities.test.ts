/** Whom faults make of a daemon: somebody whom the lab's X-Ray API knows, and who may do what the fault's text says. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { faults } from '@xray-lab/sample-app/faults';
import { writeIdentities } from '../scripts/supervisor/identities.ts';
import { authorize, openIdentityFile } from '../xray/iam/index.ts';

const home = mkdtempSync(join(tmpdir(), 'identities-'));
after(() => rmSync(home, { recursive: true, force: true }));
const path = join(home, 'identities.json');

const learners = { accessKeyId: 'mine', secretAccessKey: 'mine', user: 'me', managedPolicies: [] };

const opened = () => openIdentityFile(path, { onError: (sentence) => assert.fail(sentence) });

const deployments = faults.flatMap((fault) =>
  fault
    .primitives(fault.parameters.parse({}))
    .flatMap((primitive) => ('variables' in primitive ? [{ fault: fault.id, ...primitive.variables }] : []))
    .filter((variables) => 'AWS_ACCESS_KEY_ID' in variables),
) as { fault: string; AWS_ACCESS_KEY_ID: string; AWS_SECRET_ACCESS_KEY: string }[];

for (const before of ['no file', 'a file that a learner has made'] as const) {
  test(`with ${before}, every identity that a fault gives is known`, () => {
    rmSync(path, { force: true });
    if (before !== 'no file') writeFileSync(path, JSON.stringify({ identities: [learners] }));
    writeIdentities(home);
    const file = opened();
    assert.ok(deployments.length >= 2);
    for (const { fault, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } of deployments)
      assert.equal(file.identityOf(AWS_ACCESS_KEY_ID)?.secretAccessKey, AWS_SECRET_ACCESS_KEY, fault);
    assert.equal(file.identityOf('mine') !== undefined, before !== 'no file', 'the learner’s own stays');
    assert.equal(file.identityOf('monitoring') !== undefined, before === 'no file', 'and is not added to');

    const written = readFileSync(path, 'utf8');
    writeIdentities(home);
    assert.equal(readFileSync(path, 'utf8'), written, 'a second start changes nothing');
  });
}

test('a file that is no JSON is left to its learner', () => {
  writeFileSync(path, '{ "identities": [');
  writeIdentities(home);
  assert.equal(readFileSync(path, 'utf8'), '{ "identities": [');
});

test('a daemon that is not authorised may tell so and read sampling rules, and send no segment', () => {
  rmSync(path, { force: true });
  writeIdentities(home);
  const given = deployments.find(({ fault }) => fault === 'daemon-not-authorised')!;
  const identity = opened().identityOf(given.AWS_ACCESS_KEY_ID)!;
  const asks = (operation: string) => () =>
    authorize(identity, { action: `xray:${operation}`, resource: '*', context: {} });
  for (const allowed of ['PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'])
    assert.doesNotThrow(asks(allowed), allowed);
  for (const denied of ['PutTraceSegments', 'GetTraceSummaries'])
    assert.throws(asks(denied), /not authorized to perform: xray:/, denied);
});
