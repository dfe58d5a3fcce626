import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { InstanceMetadata } from './instance-metadata.ts';
import { findRegion } from './region.ts';
import { telemetryIdentity } from './telemetry-identity.ts';
import { fakeXRay, recordingLog } from './testing.ts';

const items: Readonly<Record<string, string>> = {
  '/latest/dynamic/instance-identity/document': '{"region":"eu-north-1"}',
  '/latest/meta-data/hostname': 'ip-10-0-0-1.ec2.internal',
  '/latest/meta-data/instance-id': 'i-0123',
};

/** An EC2 instance's metadata; `tokens` false for one that knows only version 1. */
async function instance(context: TestContext, { tokens = true, answers = true } = {}) {
  const service = await fakeXRay((response, { path, headers }) => {
    if (!answers) response.writeHead(500).end();
    else if (path === '/latest/api/token') response.writeHead(tokens ? 200 : 404).end(tokens ? 'TOKEN' : '');
    else if (tokens && headers['x-aws-ec2-metadata-token'] !== 'TOKEN') response.writeHead(401).end();
    else response.end(items[path]);
  });
  context.after(() => service.close());
  return { env: { AWS_EC2_METADATA_SERVICE_ENDPOINT: service.endpoint.href }, requests: service.requests };
}

const find = async (env: NodeJS.ProcessEnv, { given = '', localMode = false } = {}) => {
  const { log, lines } = recordingLog();
  const metadata = new InstanceMetadata(env);
  return { region: await findRegion({ given, env, localMode, metadata, log }), lines };
};

test('flag or file go before AWS_REGION, and that before the instance', async (context) => {
  const { env, requests } = await instance(context);
  const both = { ...env, AWS_REGION: 'us-west-2' };
  assert.deepEqual(await find(both, { given: 'eu-west-1' }), {
    region: 'eu-west-1',
    lines: ['[Debug] Fetch region eu-west-1 from commandline/config file'],
  });
  assert.deepEqual(await find(both), {
    region: 'us-west-2',
    lines: ['[Debug] Fetch region us-west-2 from environment variables'],
  });
  assert.equal(requests.length, 0);
  assert.deepEqual(await find(env), {
    region: 'eu-north-1',
    lines: ['[Debug] Fetch region eu-north-1 from ec2 metadata'],
  });
});

test('a container of ECS has its region in the task’s ARN', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'xray-daemon-ecs-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'metadata.json');
  writeFileSync(path, '{"TaskARN":"arn:aws:ecs:ap-south-1:111122223333:task/t"}');
  const env = { ECS_ENABLE_CONTAINER_METADATA: 'True', ECS_CONTAINER_METADATA_FILE: path };
  assert.deepEqual(await find(env), {
    region: 'ap-south-1',
    lines: ['[Debug] Fetch region ap-south-1 from ECS metadata file'],
  });
});

test('with -o EC2 is not asked: AWS_DEFAULT_REGION, then the profile in use', async (context) => {
  const { env, requests } = await instance(context);
  const folder = mkdtempSync(join(tmpdir(), 'xray-daemon-aws-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'config');
  writeFileSync(
    path,
    '[default]\nregion = eu-west-3 # Paris\n[profile other]\noutput=json\nregion=eu-west-2\n',
  );
  const files = { ...env, HOME: folder, AWS_CONFIG_FILE: path };
  const local = { localMode: true };
  assert.equal((await find({ ...files, AWS_DEFAULT_REGION: 'us-east-2' }, local)).region, 'us-east-2');
  assert.equal((await find(files, local)).region, 'eu-west-3');
  assert.equal((await find({ ...files, AWS_PROFILE: 'other' }, local)).region, 'eu-west-2');
  assert.equal((await find({ HOME: folder }, local)).region, undefined);
  assert.equal(requests.length, 0);
});

test('an instance that does not answer is said, and there is no region', async (context) => {
  const { env } = await instance(context, { answers: false });
  const { region, lines } = await find(env);
  assert.equal(region, undefined);
  assert.deepEqual(lines, [
    '[Error] Unable to fetch region from EC2 metadata: operation error ec2imds: GetRegion, ' +
      'http response error StatusCode: 500, request to EC2 IMDS failed\n',
  ]);
});

test('metadata that are switched off are not asked', async (context) => {
  const { env, requests } = await instance(context);
  const { lines } = await find({ ...env, AWS_EC2_METADATA_DISABLED: 'true' });
  assert.match(lines[0]!, /access disabled to EC2 IMDS via client option, or "AWS_EC2_METADATA_DISABLED"/);
  assert.equal(requests.length, 0);
});

for (const tokens of [true, false]) {
  test(`telemetry is sent in the instance's name, by metadata of version ${tokens ? 2 : 1}`, async (context) => {
    const { env } = await instance(context, { tokens });
    const { log } = recordingLog();
    assert.deepEqual(await telemetryIdentity(env, new InstanceMetadata(env), false, log), {
      EC2InstanceId: 'i-0123',
      Hostname: 'ip-10-0-0-1.ec2.internal',
    });
  });
}

test('AWS_HOSTNAME and AWS_INSTANCE_ID go first, and with -o nobody is asked', async (context) => {
  const { env, requests } = await instance(context);
  const { log, lines } = recordingLog();
  const named = { ...env, AWS_HOSTNAME: 'me', AWS_INSTANCE_ID: 'i-9' };
  assert.deepEqual(await telemetryIdentity(named, new InstanceMetadata(named), false, log), {
    EC2InstanceId: 'i-9',
    Hostname: 'me',
  });
  assert.deepEqual(await telemetryIdentity(env, new InstanceMetadata(env), true, log), {
    EC2InstanceId: '',
    Hostname: '',
  });
  assert.equal(requests.length, 0);
  assert.deepEqual(lines.slice(2), [
    '[Debug] No hostname set for telemetry records',
    '[Debug] No Instance Id set for telemetry records',
  ]);
});

test('an instance without an id is an error in the log, and the daemon goes on', async (context) => {
  const { env } = await instance(context, { answers: false });
  const { log, lines } = recordingLog();
  const identity = await telemetryIdentity(env, new InstanceMetadata(env), false, log);
  assert.deepEqual(identity, { EC2InstanceId: '', Hostname: '' });
  assert.match(
    lines[1]!,
    /^\[Error\] Get instance id metadata failed: operation error ec2imds: GetMetadata, /,
  );
});
