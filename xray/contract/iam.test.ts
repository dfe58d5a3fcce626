import {
  BatchGetTracesCommand,
  CreateGroupCommand,
  CreateSamplingRuleCommand,
  DeleteGroupCommand,
  DeleteSamplingRuleCommand,
  GetEncryptionConfigCommand,
  GetGroupCommand,
  GetSamplingRulesCommand,
  GetServiceGraphCommand,
  PutTelemetryRecordsCommand,
  TagResourceCommand,
  UpdateSamplingRuleCommand,
  XRayClient,
  type XRayServiceException,
} from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { accessControl } from '../api/access-control.ts';
import { openIdentityFile } from '../iam/index.ts';
import { presigned, signed } from '../iam/testing.ts';
import { everyRequest } from '../operations/sampling/sampling-rule.ts';
import { awsCliSkip } from './clients/installed.ts';
import {
  eventually,
  now,
  onlyLocal,
  put,
  runApi,
  runDaemon,
  runProgram,
  segment,
  startBackend,
  temporaryFolder,
} from './harness.ts';

// Identities of our own, so nothing here touches a real account.
const skip = onlyLocal;

const allow = (Action: string | string[], Resource = '*') => ({ Effect: 'Allow', Action, Resource });
const inline = (...Statement: object[]) => ({ Version: '2012-10-17', Statement });

const identities = {
  daemon: { managedPolicies: ['AWSXRayDaemonWriteAccess'] },
  reader: { managedPolicies: ['AWSXrayReadOnlyAccess'] },
  admin: { managedPolicies: ['AWSXrayFullAccess'] },
  nobody: {},
  denied: {
    managedPolicies: ['AWSXrayFullAccess'],
    policies: [inline({ ...allow('xray:GetService*'), Effect: 'Deny' })],
  },
  owner: { policies: [inline(allow('xray:*Group', 'arn:aws:xray:*:*:group/own/*'))] },
  sampler: { policies: [inline(allow('xray:*SamplingRule', 'arn:aws:xray:*:*:sampling-rule/own-*'))] },
  tagger: {
    policies: [
      inline({
        ...allow(['xray:TagResource', 'xray:CreateGroup']),
        Condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } },
      }),
    ],
  },
  guard: {
    managedPolicies: ['AWSXrayFullAccess'],
    policies: [
      inline({
        ...allow('xray:DeleteGroup'),
        Effect: 'Deny',
        Condition: { StringEquals: { 'aws:ResourceTag/keep': 'yes' } },
      }),
    ],
  },
} satisfies Record<string, object>;

const credentialsOf = (name: string) => ({ accessKeyId: `AKIA${name}`, secretAccessKey: `secret-${name}` });
const fileOf = (all: Record<string, object>) =>
  JSON.stringify({
    identities: Object.entries(all).map(([user, rest]) => ({ ...credentialsOf(user), user, ...rest })),
  });

const file = join(temporaryFolder(), 'identities.json');
writeFileSync(file, fileOf(identities));
let checksRegion = false;
const { endpoint } = await startBackend({
  access: accessControl({
    identities: openIdentityFile(file, { onError: (sentence) => assert.fail(sentence) }),
    checksRegion: () => checksRegion,
  }),
});

function clientOf(name: string, options: object = {}): XRayClient {
  const credentials = credentialsOf(name);
  const client = new XRayClient({ endpoint: endpoint!, region: 'us-east-1', credentials, ...options });
  after(() => client.destroy());
  return client;
}

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => assert.fail('was not refused'),
    (thrown: XRayServiceException) => thrown,
  );
  return `${error.$metadata?.httpStatusCode} ${error.name}: ${error.message}`;
};

const window = { StartTime: new Date(Date.now() - 60_000), EndTime: new Date() };

test(
  'the daemon’s policy lets it send segments and telemetry and read the sampling rules',
  { skip },
  async () => {
    const daemon = clientOf('daemon');
    assert.deepEqual((await put(daemon, segment())).UnprocessedTraceSegments, []);
    await daemon.send(new PutTelemetryRecordsCommand({ TelemetryRecords: [{ Timestamp: new Date() }] }));
    await daemon.send(new GetSamplingRulesCommand({}));
  },
);

test('the daemon’s policy does not let it read traces', { skip }, async () => {
  assert.equal(
    await refusal(clientOf('daemon').send(new GetServiceGraphCommand(window))),
    '403 AccessDeniedException: User: arn:aws:iam::000000000000:user/daemon is not authorized to perform: ' +
      'xray:GetServiceGraph because no identity-based policy allows the xray:GetServiceGraph action',
  );
});

test(
  'the reader’s policy lets it read and not write, and nothing is kept of what it sends',
  { skip },
  async () => {
    const reader = clientOf('reader');
    await reader.send(new GetServiceGraphCommand(window));
    const sent = segment();
    assert.match(
      await refusal(put(reader, sent)),
      /^403 AccessDeniedException: .* xray:PutTraceSegments because/,
    );
    const { Traces } = await reader.send(new BatchGetTracesCommand({ TraceIds: [sent.trace_id] }));
    assert.deepEqual(Traces, []);
  },
);

test('the full policy lets everything', { skip }, async () => {
  await clientOf('admin').send(new GetEncryptionConfigCommand({}));
});

test('who has no policy may do nothing', { skip }, async () => {
  assert.match(await refusal(put(clientOf('nobody'), segment())), /^403 AccessDeniedException: /);
});

test('an inline Deny wins over a managed Allow, and the answer says so', { skip }, async () => {
  const denied = clientOf('denied');
  assert.equal(
    await refusal(denied.send(new GetServiceGraphCommand(window))),
    '403 AccessDeniedException: User: arn:aws:iam::000000000000:user/denied is not authorized to perform: ' +
      'xray:GetServiceGraph with an explicit deny in an identity-based policy',
  );
  await denied.send(new GetSamplingRulesCommand({}));
});

test(
  'a policy for one group’s ARN covers that group, by name and by ARN, and no other',
  { skip },
  async () => {
    const owner = clientOf('owner');
    const { Group } = await owner.send(new CreateGroupCommand({ GroupName: 'own' }));
    await owner.send(new GetGroupCommand({ GroupName: 'own' }));
    await owner.send(new GetGroupCommand({ GroupARN: Group!.GroupARN }));
    assert.equal(
      await refusal(owner.send(new CreateGroupCommand({ GroupName: 'other' }))),
      '403 AccessDeniedException: User: arn:aws:iam::000000000000:user/owner is not authorized to perform: ' +
        'xray:CreateGroup on resource: arn:aws:xray:us-east-1:000000000000:group/other/* ' +
        'because no identity-based policy allows the xray:CreateGroup action',
    );
  },
);

test(
  'a policy for sampling rules’ ARNs covers the rules that fit, by name and by ARN',
  { skip },
  async () => {
    const sampler = clientOf('sampler');
    const create = (RuleName: string) =>
      sampler.send(
        new CreateSamplingRuleCommand({
          SamplingRule: { RuleName, ...everyRequest, Priority: 1, FixedRate: 1, ReservoirSize: 1 },
        }),
      );
    const { SamplingRuleRecord } = await create('own-rule');
    const { RuleARN } = SamplingRuleRecord!.SamplingRule!;
    await sampler.send(new UpdateSamplingRuleCommand({ SamplingRuleUpdate: { RuleARN, FixedRate: 0.5 } }));
    await sampler.send(new DeleteSamplingRuleCommand({ RuleName: 'own-rule' }));
    assert.match(
      await refusal(create('other')),
      /xray:CreateSamplingRule on resource: arn:aws:xray:us-east-1:000000000000:sampling-rule\/other because/,
    );
  },
);

test('a condition on the request’s tags and one on the resource’s hold what they say', { skip }, async () => {
  const tagger = clientOf('tagger');
  const tag = (Key: string) => ({ Key, Value: 'yes' });
  await tagger.send(new CreateGroupCommand({ GroupName: 'tagged', Tags: [tag('team')] }));
  assert.match(
    await refusal(
      tagger.send(new CreateGroupCommand({ GroupName: 'more', Tags: [tag('team'), tag('cost')] })),
    ),
    /AccessDeniedException/,
  );

  const guard = clientOf('guard');
  const { Group } = await guard.send(new GetGroupCommand({ GroupName: 'tagged' }));
  await guard.send(new TagResourceCommand({ ResourceARN: Group!.GroupARN, Tags: [tag('keep')] }));
  assert.match(
    await refusal(guard.send(new DeleteGroupCommand({ GroupName: 'tagged' }))),
    /on resource: arn:aws:xray:us-east-1:000000000000:group\/tagged\/\w+ with an explicit deny/,
  );
});

test('who may not call does not learn what is wrong with the call', { skip }, async () => {
  const call = new CreateSamplingRuleCommand({ SamplingRule: {} as never });
  assert.match(await refusal(clientOf('reader').send(call)), /^403 AccessDeniedException/);
  assert.match(await refusal(clientOf('admin').send(call)), /^400 ValidationException/);
});

test('a key nobody has is an UnrecognizedClientException', { skip }, async () => {
  assert.equal(
    await refusal(put(clientOf('stranger'), segment())),
    '403 UnrecognizedClientException: The security token included in the request is invalid.',
  );
});

test('a wrong secret is an InvalidSignatureException', { skip }, async () => {
  const credentials = { ...credentialsOf('daemon'), secretAccessKey: 'wrong' };
  assert.match(
    await refusal(put(clientOf('daemon', { credentials }), segment())),
    /^403 InvalidSignatureException: The request signature we calculated does not match/,
  );
});

test('a signature for another region counts unless the region is checked', { skip }, async () => {
  const elsewhere = clientOf('daemon', { region: 'eu-central-1' });
  await put(elsewhere, segment());
  checksRegion = true;
  const text = await refusal(put(elsewhere, segment()));
  checksRegion = false;
  assert.equal(
    text,
    "403 InvalidSignatureException: Credential should be scoped to a valid region, not 'eu-central-1'.",
  );
});

async function post(path: string, init: RequestInit = {}) {
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', body: '{}', ...init });
  return {
    status: response.status,
    code: response.headers.get('x-amzn-errortype'),
    body: await response.json(),
  };
}

test(
  'a call without a signature is answered 403, whatever its path; the health route is open',
  { skip },
  async () => {
    for (const path of ['/GetSamplingRules', '/Nonsense']) {
      assert.deepEqual(await post(path), {
        status: 403,
        code: 'MissingAuthenticationTokenException',
        body: { __type: 'MissingAuthenticationTokenException', Message: 'Missing Authentication Token' },
      });
    }
    assert.equal((await fetch(`${endpoint}/health`)).status, 200);
  },
);

const host = endpoint ? new URL(endpoint).host : '';
const signedHeaders = async (call: Parameters<typeof signed>[0]) => {
  const { headers } = await signed({ at: now(), ...call, headers: { ...call?.headers, host } });
  const { host: _, ...sent } = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, value![0]!]),
  );
  return sent;
};

test('a body changed on its way is refused, the one that was signed is taken', { skip }, async () => {
  const path = '/GetSamplingRules';
  const headers = await signedHeaders({ path, credentials: credentialsOf('admin') });
  assert.equal((await post(path, { headers })).status, 200);
  assert.equal((await post(path, { headers, body: '{ }' })).code, 'InvalidSignatureException');
});

test(
  'a signature from a clock that is ten minutes off is refused, in words that say so',
  { skip },
  async () => {
    const path = '/GetSamplingRules';
    const headers = await signedHeaders({ path, credentials: credentialsOf('admin'), at: now() - 600 });
    const { code, body } = await post(path, { headers });
    assert.equal(code, 'InvalidSignatureException');
    assert.match(
      (body as { Message: string }).Message,
      /^Signature expired: \d{8}T\d{6}Z is now earlier than .* - 5 min\.\)$/,
    );
  },
);

const oddBodies = [
  ['/GetGroup', '{"GroupName": 5}'],
  ['/GetGroup', '{"GroupARN": {}}'],
  ['/CreateGroup', '{"GroupName": null, "Tags": "x"}'],
  ['/CreateGroup', '{"GroupName": "a", "Tags": [null, 1, {"Key": 2}]}'],
  ['/UpdateSamplingRule', '{"SamplingRuleUpdate": []}'],
  ['/CreateSamplingRule', '{"SamplingRule": 1}'],
  ['/TagResource', '{"ResourceARN": ["a"], "Tags": {"Key": "a"}}'],
  ['/UntagResource', '{"ResourceARN": "a", "TagKeys": [1, null]}'],
  ['/PutResourcePolicy', '{"PolicyName": {}}'],
] as const;
for (const [path, body] of oddBodies) {
  test(`${path} with ${body}: 403 for who may not, 400 for who may`, { skip }, async () => {
    const statusAs = async (name: string) => {
      const headers = await signedHeaders({ path, body, credentials: credentialsOf(name) });
      return (await post(path, { headers, body })).status;
    };
    assert.equal(await statusAs('nobody'), 403);
    assert.equal(await statusAs('admin'), 400);
  });
}

test('a presigned call is taken, and refused when its URL is changed', { skip }, async () => {
  const { url } = await presigned({
    path: '/GetSamplingRules',
    headers: { host },
    credentials: credentialsOf('admin'),
    at: now(),
  });
  assert.equal((await post(url)).status, 200);
  assert.equal((await post(`${url}&NextToken=1`)).code, 'InvalidSignatureException');
});

test('a compressed body is verified as it came over the wire', { skip }, async () => {
  const { gzipSync } = await import('node:zlib');
  const path = '/GetSamplingRules';
  const body = gzipSync('{}');
  const { headers } = await signed({
    path,
    credentials: credentialsOf('admin'),
    at: now(),
    headers: { host, 'content-encoding': 'gzip' },
    body: body as never,
  });
  const sent = Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => (name === 'host' ? [] : [[name, value![0]!]])),
  );
  assert.equal((await post(path, { headers: sent, body })).status, 200);
});

test(
  'temporary credentials work with their token, and after their time are an ExpiredTokenException',
  { skip },
  async () => {
    const soon = new Date(Date.now() + 3_600_000).toISOString();
    const past = new Date(Date.now() - 1_000).toISOString();
    const temporary = { managedPolicies: ['AWSXRayDaemonWriteAccess'], sessionToken: 'token' };
    const path = join(temporaryFolder(), 'identities.json');
    writeFileSync(
      path,
      fileOf({ fresh: { ...temporary, expiration: soon }, stale: { ...temporary, expiration: past } }),
    );
    const backend = await startBackend({
      access: accessControl({
        identities: openIdentityFile(path, { onError: assert.fail }),
        checksRegion: () => false,
      }),
    });
    const as = (name: string, sessionToken?: string) =>
      clientOf(name, { endpoint: backend.endpoint, credentials: { ...credentialsOf(name), sessionToken } });

    await put(as('fresh', 'token'), segment());
    assert.match(await refusal(put(as('fresh'), segment())), /^403 UnrecognizedClientException/);
    assert.match(await refusal(put(as('fresh', 'other'), segment())), /^403 UnrecognizedClientException/);
    assert.equal(
      await refusal(put(as('stale', 'token'), segment())),
      '403 ExpiredTokenException: The security token included in the request is expired',
    );
  },
);

const environment = (home: string, name: string) => ({
  XRAY_AUTH: 'on',
  LAB_HOME: home,
  AWS_ACCESS_KEY_ID: credentialsOf(name).accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentialsOf(name).secretAccessKey,
});

test(
  'a new lab has one identity: the credentials of its environment, which may do everything',
  { skip },
  async () => {
    const home = temporaryFolder();
    const api = await runApi(':memory:', environment(home, 'lab'));
    await clientOf('lab', { endpoint: api.endpoint }).send(new GetEncryptionConfigCommand({}));
    assert.match(await refusal(put(api.client, segment())), /^403 UnrecognizedClientException/);
    const [identity] = JSON.parse(readFileSync(join(home, 'identities.json'), 'utf8')).identities;
    assert.deepEqual(identity, {
      ...credentialsOf('lab'),
      user: 'lab',
      managedPolicies: ['AWSXrayFullAccess'],
    });
  },
);

test(
  'the identities file counts as it is: a change is in force while the API runs, a broken one is not',
  { skip },
  async () => {
    const home = temporaryFolder();
    const path = join(home, 'identities.json');
    const write = (policies: string[]) =>
      writeFileSync(path, fileOf({ daemon: { managedPolicies: policies } }));
    write([]);
    const api = await runApi(':memory:', environment(home, 'lab'));
    const daemon = clientOf('daemon', { endpoint: api.endpoint });
    const answer = () =>
      put(daemon, segment()).then(
        () => 'kept',
        (error: Error) => error.name,
      );
    const becomes = (wanted: string) =>
      eventually(`the answer ${wanted}`, async () => ((await answer()) === wanted ? true : undefined));

    assert.equal(await answer(), 'AccessDeniedException');
    write(['AWSXRayDaemonWriteAccess']);
    await becomes('kept');

    writeFileSync(path, '{ "identities": [\n  { "accessKeyId": 1 }\n] }');
    await eventually('the error in the log', async () => {
      assert.equal(await answer(), 'kept');
      return (
        api.lines.find((line) => line.includes('identities.json cannot be used: line 2: identities[0]')) &&
        true
      );
    });
    assert.equal(api.lines.filter((line) => line.includes('cannot be used')).length, 1);

    write(['AWSXrayReadOnlyAccess']);
    await becomes('AccessDeniedException');
  },
);

test('an identities file that is broken at the start ends the API with one sentence', { skip }, async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'identities.json'), '{}');
  const program = runProgram('../api/main.ts', [], {
    PORT: '0',
    XRAY_STORE: ':memory:',
    ...environment(home, 'lab'),
  });
  const code = await new Promise((resolve) => program.process.once('close', resolve));
  assert.equal(code, 1);
  assert.match(
    program.lines.join('\n'),
    /^xray-api: The identities file .*identities\.json cannot be used: line 1: identities: .*$/,
  );
});

test(
  'behind the daemon a service needs no credentials: sampling rules and traces pass, signed by the daemon',
  { skip },
  async () => {
    const home = temporaryFolder();
    const all = { daemon: identities.daemon, admin: identities.admin };
    writeFileSync(join(home, 'identities.json'), fileOf(all));
    const api = await runApi(':memory:', environment(home, 'admin'));
    const admin = clientOf('admin', { endpoint: api.endpoint });
    await admin.send(
      new CreateSamplingRuleCommand({
        SamplingRule: {
          RuleName: 'all',
          Priority: 1,
          FixedRate: 1,
          ReservoirSize: 100,
          ...everyRequest,
        },
      }),
    );
    const { accessKeyId, secretAccessKey } = credentialsOf('daemon');
    const daemon = await runDaemon(api.endpoint, {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    });

    const unsigned = await fetch(`http://127.0.0.1:${daemon.tcp}/GetSamplingRules`, { method: 'POST' });
    const rules = (await unsigned.json()) as {
      SamplingRuleRecords: { SamplingRule: { RuleName: string } }[];
    };
    assert.deepEqual(
      rules.SamplingRuleRecords.map(({ SamplingRule }) => SamplingRule.RuleName),
      ['all', 'Default'],
    );
    // The proxy signs as the daemon, which may not read.
    const read = await fetch(`http://127.0.0.1:${daemon.tcp}/ServiceGraph`, { method: 'POST', body: '{}' });
    assert.equal(read.headers.get('x-amzn-errortype'), 'AccessDeniedException');

    const program = runProgram('./traced-program.ts', [], {
      AWS_XRAY_DAEMON_ADDRESS: `tcp:127.0.0.1:${daemon.tcp} udp:127.0.0.1:${daemon.udp}`,
    });
    const [, port] = await program.line(/listening on (\d+)/);
    await eventually('a trace that names the rule', async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`);
      const { traceId } = (await response.json()) as { traceId: string };
      await new Promise((resolve) => setTimeout(resolve, 1200));
      const { Traces } = await admin.send(new BatchGetTracesCommand({ TraceIds: [traceId] }));
      return (
        Traces?.[0]?.Segments?.some(({ Document }) => JSON.parse(Document!).aws?.xray?.rule_name === 'all') ||
        undefined
      );
    });
  },
);

test('a daemon without permission says so in its log, in AWS’s words', { skip }, async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'identities.json'), fileOf({ reader: identities.reader }));
  const api = await runApi(':memory:', environment(home, 'reader'));
  const { accessKeyId, secretAccessKey } = credentialsOf('reader');
  const daemon = await runDaemon(api.endpoint, {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  });
  const { createSocket } = await import('node:dgram');
  const socket = createSocket('udp4');
  after(() => socket.close());
  socket.send(`{"format": "json", "version": 1}\n${JSON.stringify(segment())}`, daemon.udp, '127.0.0.1');
  await daemon.line(
    /\[Error\] Sending segment batch failed with: .*StatusCode: 403.*AccessDeniedException: User: arn:aws:iam::000000000000:user\/reader is not authorized to perform: xray:PutTraceSegments/,
  );
});

test('the AWS CLI’s signature is recognized', { skip: skip || awsCliSkip }, async () => {
  const { accessKeyId, secretAccessKey } = credentialsOf('reader');
  const aws = (...args: string[]) =>
    promisify(execFile)('aws', ['--endpoint-url', endpoint!, '--region', 'us-east-1', 'xray', ...args], {
      env: {
        PATH: process.env['PATH'],
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    });
  const { stdout } = await aws('get-sampling-rules');
  assert.equal(JSON.parse(stdout).SamplingRuleRecords[0].SamplingRule.RuleName, 'Default');
  await assert.rejects(aws('delete-sampling-rule', '--rule-name', 'x'), {
    stderr: /\(AccessDeniedException\).*user\/reader/,
  });
});
