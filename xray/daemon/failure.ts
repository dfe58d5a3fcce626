import { CredentialsMissing, ProxyFailed, TimedOut, type AwsResponse } from './aws-client.ts';

/** What PutTelemetryRecords can count of the ways in which a call failed. */
export type FailureKind =
  | 'TimeoutCount'
  | 'ConnectionRefusedCount'
  | 'HTTPCode4XXCount'
  | 'HTTPCode5XXCount'
  | 'UnknownHostCount'
  | 'OtherCount';

export interface Failure {
  kind: FailureKind;
  /** In the words of AWS's daemon, whose log shows what the AWS SDK for Go says. */
  text: string;
  isWorthRetrying: boolean;
}

/** What the AWS SDK for Go tries again, besides calls that got no answer. */
const passingStatuses = new Set([500, 502, 503, 504]);
const passingCodes =
  /^(Throttl|TooManyRequests|RequestThrottled|RequestLimitExceeded|SlowDown|RequestTimeout)/;

/** Errors that X-Ray's API model names; the SDK prints the others as `api error`. */
const modelled = new Set([
  'InvalidRequestException',
  'ThrottledException',
  'RuleLimitExceededException',
  'ResourceNotFoundException',
]);

/** A call that got an answer, but not 200. */
export function failureOfResponse({ status, headers, body }: AwsResponse): Failure {
  const kind = status >= 500 ? 'HTTPCode5XXCount' : 'HTTPCode4XXCount';
  const members = errorIn(body);
  const requestId = headers['x-amzn-requestid'] ?? members?.requestId ?? '';
  const start = `https response error StatusCode: ${status}, RequestID: ${String(requestId)}, `;
  if (!members) {
    const isWorthRetrying = passingStatuses.has(status);
    return { kind, text: start + undecodable(body), isWorthRetrying };
  }
  const code = String(headers['x-amzn-errortype'] ?? members.code)
    .replace(/:.*$/, '')
    .replace(/^.*#/, '');
  return {
    kind,
    text: `${start}${modelled.has(code) ? '' : 'api error '}${code}: ${members.message}`,
    isWorthRetrying: passingStatuses.has(status) || passingCodes.test(code),
  };
}

/** What the SDK says of a body that is no JSON: a proxy's page, say. */
export function undecodable(body: Buffer): string {
  const [first] = body.toString().trimStart();
  return (
    'deserialization failed, failed to decode response body, ' +
    `invalid character '${first ?? ''}' looking for beginning of value`
  );
}

/** A call that got no answer. `url` is what was called. */
export function failureOfError(error: Error, url: URL): Failure {
  if (error instanceof CredentialsMissing) {
    return {
      kind: 'OtherCount',
      text: `get identity: get credentials: ${error.message}`,
      isWorthRetrying: false,
    };
  }
  const { kind, reason } = reasonOf(error, url);
  return {
    kind,
    text: `https response error StatusCode: 0, RequestID: , request send failed, Post "${url}": ${reason}`,
    isWorthRetrying: true,
  };
}

/** Why there was no answer, in Go's words. */
export function reasonOf(error: Error, url: URL): { kind: FailureKind; reason: string } {
  if (error instanceof TimedOut) {
    const reason = 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
    return { kind: 'TimeoutCount', reason };
  }
  if (error instanceof ProxyFailed) {
    const { kind, reason } = reasonOf(error.cause as Error, url);
    return { kind, reason: `proxyconnect tcp: ${reason}` };
  }
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  const usualPort = url.protocol === 'https:' ? 443 : 80;
  switch (code) {
    case 'ECONNREFUSED': {
      const place = `${address ?? url.hostname}:${port ?? (url.port || usualPort)}`;
      return { kind: 'ConnectionRefusedCount', reason: `dial tcp ${place}: connect: connection refused` };
    }
    case 'ENOTFOUND':
    case 'EAI_AGAIN': {
      const { hostname } = error as Error & { hostname?: string };
      const reason = `dial tcp: lookup ${hostname ?? url.hostname}: no such host`;
      return { kind: 'UnknownHostCount', reason };
    }
    case 'ECONNRESET':
      return {
        kind: 'OtherCount',
        reason: error.message === 'socket hang up' ? 'EOF' : 'read: connection reset by peer',
      };
    default:
      return { kind: 'OtherCount', reason: error.message };
  }
}

interface ErrorMembers {
  code: string;
  message: string;
  requestId?: string;
}

/** The error in a body of JSON, as X-Ray answers, or of XML, as STS does; undefined when it is neither. */
function errorIn(body: Buffer): ErrorMembers | undefined {
  const text = body.toString();
  const element = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  if (text.startsWith('<') && element('Code')) {
    return {
      code: element('Code')!,
      message: element('Message') ?? 'UnknownError',
      requestId: element('RequestId') ?? '',
    };
  }
  try {
    const members = Object(text === '' ? {} : JSON.parse(text)) as Record<string, unknown>;
    return {
      code: String(members['code'] ?? members['__type'] ?? 'UnknownError'),
      message: String(members['Message'] ?? members['message'] ?? 'UnknownError'),
    };
  } catch {
    return undefined;
  }
}
