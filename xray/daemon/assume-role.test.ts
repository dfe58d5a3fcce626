import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { assumedRole, stsEndpoint } from './assume-role.ts';
import { clientFor, fakeXRay, noPause } from './testing.ts';

const roleArn = 'arn:aws:iam::111122223333:role/uploads';

/** STS that gives out numbered credentials, each for fifteen minutes of a clock that stands still. */
async function setUp(context: TestContext, refuses = false) {
  const clock = { time: 1_795_000_000_000 };
  let given = 0;
  const sts = await fakeXRay((response) => {
    if (refuses) {
      response
        .writeHead(403)
        .end(
          '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error>' +
            '<RequestId>r-1</RequestId></ErrorResponse>',
        );
      return;
    }
    given++;
    response.end(
      `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>KEY${given}</AccessKeyId>` +
        '<SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken>' +
        `<Expiration>${new Date(clock.time + 900_000).toISOString()}</Expiration>` +
        '</Credentials></AssumeRoleResult></AssumeRoleResponse>',
    );
  });
  const client = clientFor(sts.endpoint, { service: 'sts' });
  context.after(() => (client.close(), sts.close()));
  const provider = assumedRole({ client, roleArn, now: () => clock.time, pause: noPause });
  return { provider, clock, requests: sts.requests };
}

test('the role is assumed with one signed AssumeRole, as AWS’s daemon does it', async (context) => {
  const { provider, requests } = await setUp(context);
  assert.deepEqual(await provider(), {
    accessKeyId: 'KEY1',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  });
  const [request] = requests;
  assert.equal(`${request?.method} ${request?.path}`, 'POST /');
  assert.equal(
    request?.body,
    'Action=AssumeRole&DurationSeconds=900&RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Fuploads' +
      '&RoleSessionName=xray-daemon&Version=2011-06-15',
  );
  assert.match(request.headers.authorization!, /\/us-east-1\/sts\/aws4_request/);
});

test('credentials are used until shortly before they expire, and asked for once by all who wait', async (context) => {
  const { provider, clock, requests } = await setUp(context);
  await Promise.all([provider(), provider(), provider()]);
  clock.time += 800_000;
  assert.equal((await provider()).accessKeyId, 'KEY1');
  assert.equal(requests.length, 1);
  clock.time += 50_000;
  assert.equal((await provider()).accessKeyId, 'KEY2');
});

test('a refusal is said in the words of the SDK for Go, and asked again the next time', async (context) => {
  const { provider, requests } = await setUp(context, true);
  const message =
    'operation error STS: AssumeRole, https response error StatusCode: 403, RequestID: r-1, ' +
    'api error AccessDenied: not you';
  await assert.rejects(provider(), { message });
  await assert.rejects(provider(), { message });
  assert.equal(requests.length, 2);
});

test('STS is where AWS_ENDPOINT_URL_STS says, else AWS_ENDPOINT_URL, else in the region', () => {
  const at = (env: NodeJS.ProcessEnv) => stsEndpoint(env, 'eu-west-1', 'amazonaws.com').href;
  assert.equal(at({}), 'https://sts.eu-west-1.amazonaws.com/');
  assert.equal(at({ AWS_ENDPOINT_URL: 'http://all:1' }), 'http://all:1/');
  assert.equal(
    at({ AWS_ENDPOINT_URL: 'http://all:1', AWS_ENDPOINT_URL_STS: 'http://sts:2' }),
    'http://sts:2/',
  );
});
