import { terminalLine } from '../terminal-text.ts';
import { callAws, type Pause } from './aws-call.ts';
import type { AwsClient } from './aws-client.ts';
import { undecodable } from './failure.ts';
import type { Log } from './log.ts';
import type { Telemetry } from './telemetry.ts';

/** One retry: AWS's daemon sets its SDK so. */
export const uploadAttempts = 2;

export interface UploaderOptions {
  client: AwsClient;
  log: Log;
  telemetry: Pick<Telemetry, 'sent' | 'rejected' | 'failed'>;
  userAgent: string;
  /** Epoch milliseconds with a fraction. */
  now: () => number;
  pause?: Pause;
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
export function uploader({ client, log, telemetry, userAgent, now, pause }: UploaderOptions) {
  return async (batch: string[]): Promise<void> => {
    const started = now();
    const result = await callAws(
      client,
      {
        service: 'XRay',
        operation: 'PutTraceSegments',
        path: '/TraceSegments',
        headers: {
          'content-type': 'application/json',
          'user-agent': userAgent,
          'x-amzn-xray-timestamp': (started / 1000).toFixed(9),
        },
        body: Buffer.from(JSON.stringify({ TraceSegmentDocuments: batch })),
        attempts: uploadAttempts,
      },
      pause,
    );
    if ('failure' in result) {
      telemetry.failed(result.failure.kind);
      log.error(`Sending segment batch failed with: ${result.failure.text}`);
      return;
    }
    const { status, body } = result.response;
    const unprocessed = unprocessedIn(body);
    if (!unprocessed) {
      telemetry.failed('OtherCount');
      log.error(
        'Sending segment batch failed with: operation error XRay: PutTraceSegments, ' +
          `https response error StatusCode: ${status}, RequestID: , ${undecodable(body)}`,
      );
      return;
    }

    telemetry.sent(batch.length);
    const took = `(${((now() - started) / 1000).toFixed(3)} seconds)`;
    if (unprocessed.length === 0) {
      log.info(`Successfully sent batch of ${batch.length} segments ${took}`);
      return;
    }
    log.info(
      `Sent batch of ${batch.length} segments but had ${unprocessed.length} Unprocessed segments ${took}`,
    );
    logRefusals(unprocessed, batch, log, telemetry);
  };
}

/** Undefined for a body that is no JSON: then nobody knows what became of the batch. */
function unprocessedIn(body: Buffer): Unprocessed[] | undefined {
  if (body.length === 0) return [];
  try {
    const { UnprocessedTraceSegments: list } = Object(JSON.parse(body.toString()));
    return Array.isArray(list) ? list : [];
  } catch {
    return undefined;
  }
}

/**
 * AWS's daemon finds a refused document by the first `"id":"…"` in its text, and the trace id by `"trace_id":"…"`,
 * both without spaces, and stops at the first refusal without an id. It prints the refusal's struct as Go pointers since
 * v3.6; we print it as versions before did.
 */
function logRefusals(
  refusals: readonly Unprocessed[],
  batch: readonly string[],
  log: Log,
  telemetry: UploaderOptions['telemetry'],
): void {
  const documents = new Map<string, string>();
  for (const document of batch) {
    const id = /"id":"(.*?)"/.exec(document)?.[1];
    if (id === undefined) log.debug(`Failed to match "id" in segment: ${terminalLine(document)}`);
    else documents.set(id, document);
  }
  for (const refusal of refusals) {
    telemetry.rejected();
    if (refusal.Id == null) {
      log.debug(`Received nil unprocessed segment id from X-Ray service: ${struct(refusal)}`);
      log.debug(`Content in this batch: ${terminalLine(batch.join(' '))}`);
      return;
    }
    const document = documents.get(refusal.Id) ?? '';
    const traceId = /"trace_id":"(.*?)"/.exec(document)?.[1];
    if (traceId) log.error(`Unprocessed trace ${terminalLine(traceId)}, segment: ${struct(refusal)}`);
    else log.error(`Unprocessed segment: ${struct(refusal)}`);
    log.debug(terminalLine(document));
  }
}

function struct({ Id, ErrorCode, Message }: Unprocessed): string {
  const members = Object.entries({ ErrorCode, Id, Message }).filter(([, value]) => value != null);
  return `{\n${members.map(([name, value]) => `  ${name}: "${terminalLine(String(value))}"`).join(',\n')}\n}`;
}
