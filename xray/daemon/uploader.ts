import { failureOfError, failureOfResponse, type Failure } from './failure.ts';
import type { Log } from './log.ts';
import type { Telemetry } from './telemetry.ts';
import type { XRayClient } from './xray-client.ts';

/** One retry: AWS's daemon sets its SDK so. */
const attempts = 2;

export interface UploaderOptions {
  client: XRayClient;
  log: Log;
  telemetry: Pick<Telemetry, 'sent' | 'rejected' | 'failed'>;
  userAgent: string;
  /** Epoch milliseconds with a fraction. */
  now: () => number;
}

interface Unprocessed {
  Id?: string | null;
  ErrorCode?: string | null;
  Message?: string | null;
}

/**
 * Returns the function that sends one batch with PutTraceSegments and logs what came of it, in the words of AWS's
 * daemon. A batch that failed twice is lost, as there: its log line says so. Never rejects.
 */
export function uploader({ client, log, telemetry, userAgent, now }: UploaderOptions) {
  return async (batch: string[]): Promise<void> => {
    const started = now();
    const result = await putTraceSegments(client, batch, userAgent, now);
    if ('failure' in result) {
      telemetry.failed(result.failure.kind);
      const exhausted = result.failure.isWorthRetrying
        ? `exceeded maximum number of attempts, ${attempts}, `
        : '';
      log.error(
        `Sending segment batch failed with: operation error XRay: PutTraceSegments, ${exhausted}${result.failure.text}`,
      );
      return;
    }

    telemetry.sent(batch.length);
    const took = `(${((now() - started) / 1000).toFixed(3)} seconds)`;
    const { unprocessed } = result;
    if (unprocessed.length === 0) {
      log.info(`Successfully sent batch of ${batch.length} segments ${took}`);
      return;
    }
    log.info(
      `Sent batch of ${batch.length} segments but had ${unprocessed.length} Unprocessed segments ${took}`,
    );
    telemetry.rejected(unprocessed.length);
    for (const refusal of unprocessed) logRefusal(log, refusal, batch);
  };
}

async function putTraceSegments(
  client: XRayClient,
  batch: string[],
  userAgent: string,
  now: () => number,
): Promise<{ unprocessed: Unprocessed[] } | { failure: Failure }> {
  const path = '/TraceSegments';
  const request = {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      'user-agent': userAgent,
      'x-amzn-xray-timestamp': (now() / 1000).toFixed(9),
    },
    body: Buffer.from(JSON.stringify({ TraceSegmentDocuments: batch })),
  };
  for (let attempt = 1; ; attempt++) {
    const result = await client.send(request).then(
      (response) =>
        response.status === 200
          ? { unprocessed: unprocessedIn(response.body) }
          : { failure: failureOfResponse(response) },
      (error: Error) => ({ failure: failureOfError(error, new URL(path, client.endpoint)) }),
    );
    const isFinal = 'unprocessed' in result || !result.failure.isWorthRetrying || attempt === attempts;
    if (isFinal) return result;
  }
}

function unprocessedIn(body: Buffer): Unprocessed[] {
  if (body.length === 0) return [];
  try {
    const { UnprocessedTraceSegments: list } = JSON.parse(body.toString());
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}

/**
 * AWS's daemon finds a refused document by the first `"id":"…"` in its text, and the trace id by `"trace_id":"…"`,
 * both without spaces. It prints the refusal's struct as Go pointers since v3.6; we print it as versions before did.
 */
function logRefusal(log: Log, { Id, ErrorCode, Message }: Unprocessed, batch: string[]): void {
  const members = Object.entries({ ErrorCode, Id, Message }).filter(([, value]) => value != null);
  const struct = `{\n${members.map(([name, value]) => `  ${name}: "${value}"`).join(',\n')}\n}`;

  if (Id == null) log.debug('Received nil unprocessed segment id from X-Ray service: ' + struct);
  const document = Id == null ? undefined : batch.find((text) => /"id":"(.*?)"/.exec(text)?.[1] === Id);
  const traceId = document && /"trace_id":"(.*?)"/.exec(document)?.[1];
  if (traceId) log.error(`Unprocessed trace ${traceId}, segment: ${struct}`);
  else log.error(`Unprocessed segment: ${struct}`);
  if (document) log.debug(document);
}
