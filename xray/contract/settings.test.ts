import {
  GetEncryptionConfigCommand,
  GetIndexingRulesCommand,
  GetTraceSegmentDestinationCommand,
  PutEncryptionConfigCommand,
  ResourceNotFoundException,
  UpdateIndexingRuleCommand,
  UpdateTraceSegmentDestinationCommand,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually, now, onlyLocal, runProgram, startBackend, temporaryFolder } from './harness.ts';

// They belong to the whole account, so nothing here touches a real one.
const skip = onlyLocal;
const { client } = await startBackend();

const encryption = async () => {
  const output = await client.send(new GetEncryptionConfigCommand({}));
  return output.EncryptionConfig;
};

test(
  'encryption is X-Ray’s own until a key is named; then it is updating for a while',
  { skip },
  async () => {
    assert.deepEqual(await encryption(), { Status: 'ACTIVE', Type: 'NONE' });

    const id = '1234abcd-12ab-34cd-56ef-1234567890ab';
    const put = await client.send(new PutEncryptionConfigCommand({ Type: 'KMS', KeyId: id }));
    const KeyId = `arn:aws:kms:us-east-1:000000000000:key/${id}`;
    assert.deepEqual(put.EncryptionConfig, { KeyId, Status: 'UPDATING', Type: 'KMS' });
    const settled = await eventually('ACTIVE', async () => {
      const config = await encryption();
      return config?.Status === 'ACTIVE' ? config : undefined;
    });
    assert.deepEqual(settled, { KeyId, Status: 'ACTIVE', Type: 'KMS' });

    const none = await client.send(new PutEncryptionConfigCommand({ Type: 'NONE' }));
    assert.deepEqual(none.EncryptionConfig, { Status: 'UPDATING', Type: 'NONE' });
  },
);

test('however a key is named, its ARN is shown', { skip }, async () => {
  const shown = async (KeyId: string) => {
    const output = await client.send(new PutEncryptionConfigCommand({ Type: 'KMS', KeyId }));
    return output.EncryptionConfig!.KeyId!;
  };
  const byAlias = await shown('alias/my/key');
  assert.match(
    byAlias,
    /^arn:aws:kms:us-east-1:000000000000:key\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  );
  assert.equal(await shown('arn:aws:kms:us-east-1:000000000000:alias/my/key'), byAlias);
  assert.equal(await shown(byAlias), byAlias);
});

const encryptionRefusals = [
  { name: 'KMS without a key', input: { Type: 'KMS' }, code: 'InvalidRequestException' },
  { name: 'a key that is none', input: { Type: 'KMS', KeyId: 'my key' }, code: 'InvalidRequestException' },
  {
    name: 'a key for no encryption',
    input: { Type: 'NONE', KeyId: 'alias/a' },
    code: 'InvalidRequestException',
  },
  { name: 'another type of encryption', input: { Type: 'AES' }, code: 'ValidationException' },
];
for (const { name, input, code } of encryptionRefusals) {
  test(`${name} is refused: ${code}`, { skip }, () =>
    assert.rejects(client.send(new PutEncryptionConfigCommand(input as never)), { name: code }),
  );
}

test(
  'segments go to X-Ray until told otherwise; then the change is pending for a while',
  { skip },
  async () => {
    const destination = async () => {
      const { Destination, Status } = await client.send(new GetTraceSegmentDestinationCommand({}));
      return `${Destination} ${Status}`;
    };
    assert.equal(await destination(), 'XRay ACTIVE');
    const update = { Destination: 'CloudWatchLogs' } as const;
    const { Status } = await client.send(new UpdateTraceSegmentDestinationCommand(update));
    assert.equal(Status, 'PENDING');
    await eventually('ACTIVE', async () =>
      (await destination()) === 'CloudWatchLogs ACTIVE' ? true : undefined,
    );
    await assert.rejects(
      client.send(new UpdateTraceSegmentDestinationCommand({ Destination: 'S3' as never })),
      { name: 'ValidationException', message: /enum value set: \[XRay, CloudWatchLogs\]/ },
    );
  },
);

test('the indexing rule Default indexes 1 % until told otherwise', { skip }, async () => {
  const rules = async () => {
    const output = await client.send(new GetIndexingRulesCommand({}));
    return output.IndexingRules!;
  };
  const ruleOf = (percentage: number) => ({
    Probabilistic: { DesiredSamplingPercentage: percentage, ActualSamplingPercentage: percentage },
  });
  assert.deepEqual(await rules(), [{ Name: 'Default', ModifiedAt: new Date(0), Rule: ruleOf(1) }]);

  const Rule = { Probabilistic: { DesiredSamplingPercentage: 12.5 } };
  const { IndexingRule } = await client.send(new UpdateIndexingRuleCommand({ Name: 'Default', Rule }));
  assert.deepEqual(IndexingRule?.Rule, ruleOf(12.5));
  assert.equal(Math.abs(IndexingRule.ModifiedAt!.getTime() / 1000 - now()) < 60, true);
  assert.deepEqual(await rules(), [IndexingRule]);
});

test(
  'an indexing rule nobody has is a ResourceNotFoundException, a share over 100 % is refused',
  { skip },
  async () => {
    const update = (Name: string, DesiredSamplingPercentage: number) =>
      client.send(
        new UpdateIndexingRuleCommand({ Name, Rule: { Probabilistic: { DesiredSamplingPercentage } } }),
      );
    await assert.rejects(update('mine', 5), (error: unknown) => {
      assert.equal(error instanceof ResourceNotFoundException, true);
      assert.equal((error as ResourceNotFoundException).ResourceName, 'mine');
      return true;
    });
    await assert.rejects(update('Default', 101), { name: 'InvalidRequestException' });
  },
);

async function endOf(env: NodeJS.ProcessEnv): Promise<{ code: number; text: string }> {
  const program = runProgram('../api/main.ts', [], { PORT: '0', XRAY_STORE: ':memory:', ...env });
  const [code] = await once(program.process, 'close');
  return { code, text: program.lines.join('\n') };
}

for (const [name, value] of [
  ['XRAY_AUTH', 'yes'],
  ['XRAY_AUTH_REGION', 'eu-west-1'],
  ['XRAY_VISIBILITY_DELAY', '901'],
  ['XRAY_RATE_LIMIT', '-1'],
  ['XRAY_THROTTLING_CODE', 'TooManyRequests'],
] as const) {
  test(`${name}=${value} ends the API with one sentence that names it`, { skip }, async () => {
    const { code, text } = await endOf({ [name]: value });
    assert.equal(code, 1);
    assert.match(text, new RegExp(`^xray-api: ${name} is "${value}"\\. Set it to .*\\.$`));
  });
}

for (const [name, content, message] of [
  ['no JSON', '{', /is not JSON/],
  [
    'a member nobody knows',
    '{"visibilitydelay": 30}',
    /Unrecognized key: "visibilitydelay".*visibilityDelay/,
  ],
  ['a delay of an hour', '{"visibilityDelay": 3600}', /visibilityDelay: .*900/],
] as const) {
  test(`a settings file with ${name} ends the API with one sentence that names it`, { skip }, async () => {
    const file = join(temporaryFolder(), 'xray-settings.json');
    writeFileSync(file, content);
    const { code, text } = await endOf({ XRAY_SETTINGS: file });
    assert.equal(code, 1);
    assert.match(text, /^xray-api: The settings file .*$/);
    assert.match(text, message);
  });
}
