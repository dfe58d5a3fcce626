import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Sent } from '@xray-lab/labs/server/contract';

/** The services whose segments make the trace of a checkout whole. */
export const CHECKOUT_SERVICES = [
  'gateway',
  'auth',
  'order',
  'inventory',
  'payment',
  'notification',
] as const;

const POLL_MILLISECONDS = 100;

/**
 * The names of the services that sent a segment of this trace, asked of the X-Ray API through the lab, which signs:
 * X-Ray may be asking for signatures.
 */
export async function servicesInTrace(labUrl: string, traceId: string): Promise<string[]> {
  const { Traces } = await postJson<{ Traces?: { Segments: { Document: string }[] }[] }>(
    `${labUrl}/lab/xray/BatchGetTraces`,
    { TraceIds: [traceId] },
  );
  return (Traces?.[0]?.Segments ?? [])
    .map(({ Document }) => JSON.parse(Document) as { name: string; inferred?: boolean })
    .filter(({ inferred }) => !inferred)
    .map(({ name }) => name);
}

/**
 * Sends one real checkout and waits until the X-Ray API returns its whole trace.
 * @param deadline when to give up, epoch milliseconds
 * @returns the trace's id
 * @throws Error with a sentence that says what is missing
 */
export async function firstJoinedTrace(labUrl: string, deadline: number): Promise<string> {
  let lack = 'the shop did not answer';
  while (Date.now() < deadline) {
    const sent = await send(labUrl).catch((error: Error) => ({ status: 0, body: error.message }) as Sent);
    if (!sent.traceId) {
      lack = `a checkout was answered with ${sent.status} and no trace id: ${JSON.stringify(sent.body)}`;
      await sleep(POLL_MILLISECONDS);
      continue;
    }
    while (Date.now() < deadline) {
      const services = await servicesInTrace(labUrl, sent.traceId);
      const missing = CHECKOUT_SERVICES.filter((name) => !services.includes(name));
      if (missing.length === 0) return sent.traceId;
      lack = `trace ${sent.traceId} has no segment of ${missing.join(', ')}`;
      await sleep(POLL_MILLISECONDS);
    }
  }
  throw new Error(`The first trace did not become whole: ${lack}.`);
}

const send = (labUrl: string) => postJson<Sent>(`${labUrl}/lab/send`, {});

/** POSTs JSON with `node:http`: `fetch` would hold some 15 MB in a process that lives as long as the lab. */
function postJson<Answer>(url: string, body: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' };
    const outgoing = request(url, { method: 'POST', headers, agent: false }, (response) => {
      text(response).then((answer) => resolve(JSON.parse(answer) as Answer), reject);
    });
    outgoing.on('error', reject);
    outgoing.end(JSON.stringify(body));
  });
}
