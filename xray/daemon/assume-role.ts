import { callAws, type Pause } from './aws-call.ts';
import type { AwsClient } from './aws-client.ts';
import type { CredentialProvider, Credentials } from './credentials.ts';

/** AWS's daemon's name for its sessions: CloudTrail and the role's ARN show it. */
const sessionName = 'xray-daemon';

/** The shortest that STS gives, and what the SDK for Go asks for. */
const durationSeconds = 900;

/** The SDK for Go makes so many where it is not told otherwise. */
const attempts = 3;

/** New credentials are asked for when those at hand last no longer than this. */
const refreshMilliseconds = 60_000;

export interface AssumeRoleOptions {
  /** A client of service `sts`, which signs with the credentials that may assume the role. */
  client: AwsClient;
  roleArn: string;
  /** Epoch milliseconds. */
  now: () => number;
  pause?: Pause;
}

/** Where STS is: the variable of the AWS SDKs, else the region's own. */
export function stsEndpoint(env: NodeJS.ProcessEnv, region: string, domain: string): URL {
  return new URL(env['AWS_ENDPOINT_URL_STS'] || env['AWS_ENDPOINT_URL'] || `https://sts.${region}.${domain}`);
}

/**
 * The credentials of a role (`-r`), from STS's AssumeRole; kept until shortly before they expire.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
export function assumedRole(options: AssumeRoleOptions): CredentialProvider {
  let known: { credentials: Credentials; expires: number } | undefined;
  let asking: Promise<Credentials> | undefined;

  const ask = async (): Promise<Credentials> => {
    known = await assumeRole(options);
    return known.credentials;
  };
  return () => {
    if (known && known.expires - options.now() > refreshMilliseconds)
      return Promise.resolve(known.credentials);
    asking ??= ask().finally(() => (asking = undefined));
    return asking;
  };
}

async function assumeRole({ client, roleArn, pause }: AssumeRoleOptions) {
  const body = new URLSearchParams({
    Action: 'AssumeRole',
    DurationSeconds: String(durationSeconds),
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    Version: '2011-06-15',
  });
  const result = await callAws(
    client,
    {
      service: 'STS',
      operation: 'AssumeRole',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: Buffer.from(body.toString()),
      attempts,
    },
    pause,
  );
  if ('failure' in result) throw new Error(result.failure.text);

  const text = result.response.body.toString();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  const [accessKeyId, secretAccessKey] = [element('AccessKeyId'), element('SecretAccessKey')];
  if (!accessKeyId || !secretAccessKey) {
    throw new Error(
      `operation error STS: AssumeRole, the answer of ${client.endpoint.origin} holds no credentials`,
    );
  }
  const sessionToken = element('SessionToken');
  return {
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) },
    expires: Date.parse(element('Expiration') ?? '') || 0,
  };
}
