import { eventually } from '../../harness.ts';
import { accepts, header, normalizedLog, scopeOf, withoutTimes, type Scenario } from '../scenario.ts';
import { inRegion } from '../stage.ts';

/** EC2's instance metadata and STS, on one port, which is a proxy too. */
const aroundXRay: Record<string, string> = {
  '/latest/api/token': 'TOKEN',
  '/latest/dynamic/instance-identity/document': '{"region":"eu-north-1","instanceId":"i-0123"}',
  '/latest/meta-data/hostname': 'ip-10-0-0-1.ec2.internal',
  '/latest/meta-data/instance-id': 'i-0123',
  '/latest/meta-data/iam/security-credentials/': 'a-role',
  '/latest/meta-data/iam/security-credentials/a-role': JSON.stringify({
    Code: 'Success',
    AccessKeyId: 'KEYOFINSTANCE',
    SecretAccessKey: 's',
    Token: 'token of the instance',
    Expiration: '2099-01-01T00:00:00Z',
  }),
};
const assumed =
  '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>' +
  '<AccessKeyId>KEYOFROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>' +
  '<SessionToken>token of the role</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>' +
  '</Credentials></AssumeRoleResult></AssumeRoleResponse>';
const refused =
  '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Code>AccessDenied</Code>' +
  '<Message>not you</Message></Error><RequestId>r-1</RequestId></ErrorResponse>';

const ways: {
  name: string;
  args: readonly string[];
  env?: (around: string) => NodeJS.ProcessEnv;
  refusesRole?: true;
}[] = [
  {
    name: 'region, credentials and identity of an instance',
    args: [],
    env: (around) => ({
      AWS_EC2_METADATA_DISABLED: 'false',
      AWS_EC2_METADATA_SERVICE_ENDPOINT: around,
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
    }),
  },
  {
    name: 'a role that is assumed',
    args: [...inRegion, '-r', 'arn:aws:iam::111122223333:role/uploads'],
    env: (around) => ({ AWS_ENDPOINT_URL_STS: around }),
  },
  {
    name: 'a role that is refused',
    args: [...inRegion, '-r', 'arn:aws:iam::111122223333:role/uploads'],
    env: (around) => ({ AWS_ENDPOINT_URL_STS: around }),
    refusesRole: true,
  },
  { name: 'AWS_REGION', args: ['-o'], env: () => ({ AWS_REGION: 'ap-south-1' }) },
  { name: 'AWS_DEFAULT_REGION with -o', args: ['-o'], env: () => ({ AWS_DEFAULT_REGION: 'us-west-1' }) },
  {
    name: 'AWS_HOSTNAME and AWS_INSTANCE_ID',
    args: inRegion,
    env: () => ({ AWS_HOSTNAME: 'me', AWS_INSTANCE_ID: 'i-9' }),
  },
  {
    name: 'a proxy from HTTPS_PROXY, to the loopback address too',
    args: inRegion,
    env: (around) => ({ HTTPS_PROXY: around }),
  },
  { name: 'a proxy that is away', args: [...inRegion, '-p', 'http://127.0.0.1:9'] },
];

/** Region, credentials, identity, role and way to X-Ray, from wherever a daemon can have them. */
export const surroundings: readonly Scenario[] = ways.map(({ name, args, env, refusesRole }) => ({
  name: `finds its way: ${name}`,
  async observe(stage) {
    const around = await stage.recordingXRay((response, { path, body }) => {
      if (body.includes('AssumeRole'))
        response.writeHead(refusesRole ? 403 : 200).end(refusesRole ? refused : assumed);
      else response.setHeader('x-aws-ec2-metadata-token-ttl-seconds', '300').end(aroundXRay[path] ?? accepts);
    });
    const xray = await stage.recordingXRay((response) => response.end(accepts));
    const daemon = await stage.startDaemon(xray.endpoint, args, env?.(around.endpoint));
    const before = daemon.lines.length;
    await daemon.send(`${header}\n{}`);
    await eventually(
      'an upload',
      () => daemon.lines.slice(before).some((line) => /sent batch|Sending/.test(line)) || undefined,
    );
    await daemon.stop();
    const seen = [...around.requests, ...xray.requests].filter(({ path }) =>
      /Segments|Telemetry|^\/$/.test(path),
    );
    const addresses = { XRAY: xray.address, DAEMON: daemon.address, AROUND: around.address };
    return {
      // Go's own reverse proxy logs the test's first question as it likes.
      lines: normalizedLog(daemon.lines, addresses).filter(
        (line) => !line.startsWith('http: proxy error') && !/^\d{4}\//.test(line),
      ),
      seen: seen.map((request) => ({
        path: request.path.replaceAll(xray.address, 'XRAY'),
        scope: scopeOf(request),
        token: request.headers['x-amz-security-token'],
        // Bodies of STS are forms.
        body: request.body.startsWith('{') ? withoutTimes(JSON.parse(request.body)) : request.body,
      })),
    };
  },
}));
