import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { withFailedItems } from './condition-failures.ts';
import { startEngine, type Engine } from './engine.ts';
import { withBoundedExpressions } from './expressions.ts';
import { withForgetting } from './forgetting.ts';
import { answerOf } from './messages.ts';
import { tooMuchIn } from '../platform/json-size.ts';
import { whoAnswers } from '../platform/who-answers.ts';
import { CapacityMeter } from './meter.ts';
import { metered } from './metered.ts';
import { planned, PlanRefused, readPlan, type Planned } from './plan.ts';
import { prepareTables } from './prepare.ts';
import { ITEMS_KEPT, newestKept } from './tables.ts';
import { KnownTables } from './table-facts.ts';
import { withThroughputQuota } from './throughput-quota.ts';
import { withTransactions } from './transactions.ts';
import { UpstreamAway, upstreamEngine } from './upstream.ts';

/** DynamoDB takes 16 MB in one batch. The shop's requests are some kilobytes, and its tables are in this process's memory. */
const MAX_REQUEST_BYTES = 4 * 1024 * 1024;

const MAX_PLAN_BYTES = 64 * 1024;

export interface DynamoDBOptions {
  /** The meter's clock, in seconds. */
  now?: () => number;
  /** Another DynamoDB that keeps the tables, such as `http://localhost:4566`. By default this process keeps them. */
  upstream?: string | undefined;
  /** How many items each table that grows keeps, when the tables are in this process. */
  itemsKept?: number;
}

/**
 * The DynamoDB API with the shop's tables in it and their capacity enforced, ready for http.createServer.
 *
 *   GET /health      200 once the tables are there, naming the other DynamoDB; 503 with a sentence when that is away
 *   GET, PUT /_plan  what is done to the tables, see plan.ts
 *   anything else    DynamoDB's API: plan → meter → dynalite in this process, or the other DynamoDB
 */
export async function createDynamoDB({
  now = () => performance.now() / 1000,
  upstream,
  itemsKept = ITEMS_KEPT,
}: DynamoDBOptions = {}): Promise<RequestListener> {
  const bare =
    upstream === undefined
      ? withTransactions(
          withForgetting(withFailedItems(withBoundedExpressions(startEngine())), newestKept(itemsKept)),
        )
      : upstreamEngine(upstream);
  const meter = new CapacityMeter(now);
  const tables = new KnownTables();
  const engine = metered(withThroughputQuota(bare), meter, tables);
  const plan = planned((limits) => meter.limitPartitions(limits));
  const served = plan.apply(engine);

  let isPrepared = false;
  let preparing: Promise<void> | undefined;
  /** Looks whether the tables are there, and makes them when not. */
  const prepare = () =>
    (preparing ??= prepareTables(engine, bare)
      .then(() => void (isPrepared = true))
      .finally(() => (preparing = undefined)));
  // A second DynamoDB may come later than this process; its tables are made when it is there.
  if (upstream === undefined) await prepare();

  const serve: Engine = async (request) => {
    try {
      if (!isPrepared) await prepare();
      return await served(request);
    } catch (error) {
      if (!(error instanceof UpstreamAway)) throw error;
      // When it comes back, it may have been emptied.
      isPrepared = false;
      tables.clear();
      return answerOf(503, {
        __type: 'com.amazon.coral.service#ServiceUnavailableException',
        message: error.message,
      });
    }
  };

  const health = async (): Promise<{ status: number; body: object }> => {
    if (upstream === undefined) return { status: 200, body: { status: 'ok' } };
    try {
      await prepare();
      return { status: 200, body: { status: 'ok', upstream } };
    } catch (error) {
      return { status: 503, body: { status: 'unavailable', upstream, message: (error as Error).message } };
    }
  };

  return (request, response) => {
    const path = request.url?.split('?', 1)[0];
    const answering =
      path === '/health' && request.method === 'GET'
        ? health().then(({ status, body }) => json(response, status, body, whoAnswers()))
        : path === '/_plan'
          ? answerPlan(plan, request, response)
          : answer(serve, request, response);
    answering.catch(() => {
      if (response.headersSent) return response.destroy();
      response
        .writeHead(500, { 'content-type': 'application/x-amz-json-1.0' })
        .end(
          '{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"Internal server error"}',
        );
    });
  };
}

async function answer(engine: Engine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = await bodyOf(request, MAX_REQUEST_BYTES);
  const tooMuch = text === undefined ? `is larger than ${MAX_REQUEST_BYTES} bytes` : tooMuchIn(text);
  if (text === undefined || tooMuch !== undefined) {
    const refusal = answerOf(413, {
      __type: 'com.amazon.coral.service#RequestEntityTooLargeException',
      message: `The request ${tooMuch}, which this DynamoDB does not read. Send it in several.`,
    });
    response.writeHead(refusal.status, { ...refusal.headers, connection: 'close' }).end(refusal.body);
    return;
  }
  const { status, headers, body } = await engine({
    method: request.method ?? '',
    url: request.url ?? '',
    headers: request.headers,
    body: text,
  });
  response.writeHead(status, headers).end(body);
}

async function answerPlan(plan: Planned, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const refuse = (status: number, error: string, message: string, field?: string) =>
    json(response, status, { error, message, ...(field !== undefined && { field }) });

  if (request.method === 'GET') return json(response, 200, plan.current());
  if (request.method !== 'PUT') {
    return refuse(405, 'method-not-allowed', `/_plan answers GET and PUT, not ${request.method}.`);
  }
  const text = await bodyOf(request, MAX_PLAN_BYTES);
  if (text === undefined) {
    return refuse(413, 'too-large', `body: must have at most ${MAX_PLAN_BYTES} bytes`, 'body');
  }
  try {
    plan.run(readPlan(text));
    json(response, 200, plan.current());
  } catch (error) {
    if (!(error instanceof PlanRefused)) throw error;
    refuse(400, 'invalid-request', error.message, error.field);
  }
}

/** A body read whole, or undefined when it is too large. */
async function bodyOf(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

function json(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
