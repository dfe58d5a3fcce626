import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AwsClient, AwsResponse } from './aws-client.ts';
import { failureOfError, failureOfResponse, type Failure } from './failure.ts';

export interface Call {
  /** As the AWS SDK for Go spells it in its errors: `XRay`, `STS`. */
  service: string;
  operation: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer;
  /** At most so many are made. */
  attempts: number;
}

export type CallResult = { response: AwsResponse } | { failure: Failure };

/** Waits before an attempt after the first. */
export type Pause = () => Promise<unknown>;

/** The SDK for Go waits a random part of this before its second attempt. */
const longestPauseMilliseconds = 1000;
const randomPause: Pause = () => sleep(Math.random() * longestPauseMilliseconds);

/**
 * Calls an operation, again where that may help. `failure.text` is the whole sentence of the AWS SDK for Go, which is
 * what AWS's daemon logs. Never rejects.
 */
export async function callAws(client: AwsClient, call: Call, pause = randomPause): Promise<CallResult> {
  const path = client.endpoint.pathname.replace(/\/$/, '') + call.path;
  const url = new URL(path, client.endpoint);
  const invocation = randomUUID();
  for (let attempt = 1; ; attempt++) {
    const headers = {
      ...call.headers,
      'amz-sdk-invocation-id': invocation,
      'amz-sdk-request': `attempt=${attempt}; max=${call.attempts}`,
    };
    const result = await client.send({ method: 'POST', path, headers, body: call.body }).then(
      (response) => (response.status === 200 ? { response } : { failure: failureOfResponse(response) }),
      (error: Error) => ({ failure: failureOfError(error, url) }),
    );
    if ('response' in result) return result;
    if (!result.failure.isWorthRetrying || attempt === call.attempts)
      return { failure: sentence(call, result.failure) };
    await pause();
  }
}

function sentence({ service, operation, attempts }: Call, failure: Failure): Failure {
  const exhausted = failure.isWorthRetrying ? `exceeded maximum number of attempts, ${attempts}, ` : '';
  return { ...failure, text: `operation error ${service}: ${operation}, ${exhausted}${failure.text}` };
}
