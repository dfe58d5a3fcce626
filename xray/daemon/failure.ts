import { CredentialsMissing, type XRayResponse } from './xray-client.ts';

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

/** A call that got an answer, but not 200. */
export function failureOfResponse({ status, headers, body }: XRayResponse): Failure {
  const { code, message } = errorIn(headers['x-amzn-errortype'], body);
  const modelled = code === 'InvalidRequestException' || code === 'ThrottledException';
  return {
    kind: status >= 500 ? 'HTTPCode5XXCount' : 'HTTPCode4XXCount',
    text:
      `https response error StatusCode: ${status}, RequestID: ${headers['x-amzn-requestid'] ?? ''}, ` +
      `${modelled ? '' : 'api error '}${code}: ${message}`,
    isWorthRetrying: status === 429 || status >= 500 || /^Throttl|^TooManyRequests/.test(code),
  };
}

/** A call that got no answer. `url` is what was called. */
export function failureOfError(error: Error & { code?: string | undefined }, url: URL): Failure {
  if (error instanceof CredentialsMissing) {
    return {
      kind: 'OtherCount',
      text: `get identity: get credentials: failed to refresh cached credentials, ${error.message}`,
      isWorthRetrying: false,
    };
  }
  const address = `${url.hostname}:${url.port || (url.protocol === 'https:' ? 443 : 80)}`;
  const { kind, reason } = reasonOf(error, url.hostname, address);
  return {
    kind,
    text: `https response error StatusCode: 0, RequestID: , request send failed, Post "${url}": ${reason}`,
    isWorthRetrying: true,
  };
}

function reasonOf(error: Error & { code?: string | undefined }, host: string, address: string) {
  switch (error.code) {
    case 'ABORT_ERR': // the AbortSignal of XRayClient, which only knows time
      return {
        kind: 'TimeoutCount',
        reason: 'context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
      } as const;
    case 'ECONNREFUSED':
      return {
        kind: 'ConnectionRefusedCount',
        reason: `dial tcp ${address}: connect: connection refused`,
      } as const;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { kind: 'UnknownHostCount', reason: `dial tcp: lookup ${host}: no such host` } as const;
    default:
      return { kind: 'OtherCount', reason: error.message } as const;
  }
}

function errorIn(header: string | string[] | undefined, body: Buffer): { code: string; message: string } {
  let members: Record<string, unknown> = {};
  try {
    members = Object(JSON.parse(body.toString())) as Record<string, unknown>;
  } catch {
    // An answer by something that is not X-Ray, such as a proxy's page.
  }
  const code = String(header ?? members['code'] ?? members['__type'] ?? 'UnknownError');
  return {
    code: code.replace(/:.*$/, '').replace(/^.*#/, ''),
    message: String(members['Message'] ?? members['message'] ?? 'UnknownError'),
  };
}
