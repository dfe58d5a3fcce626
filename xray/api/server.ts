import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import {
  internalFailure,
  requestTooLarge,
  serializationFailed,
  unknownOperation,
  webPageRefused,
  XRayError,
} from '../errors.ts';
import { limitProfiles, type Limits } from '../limits.ts';
import { operations } from '../operations/index.ts';
import { WrittenAnswer, type Operation, type OperationContext } from '../operations/operation.ts';
import { Refusals } from '../operations/traces/refusals.ts';
import type { Store } from '../store/store.ts';
import { webPageGuard } from '../web-pages.ts';
import type { AccessControl } from './access-control.ts';
import { readBody } from './body.ts';
import { rateLimit, type RateLimit, type RateLimitOptions } from './rate-limit.ts';
import { refusedDocuments } from './refused-documents.ts';
import { storeTrouble, type StoreTrouble } from './store-trouble.ts';
import { telemetryRecords } from './telemetry-records.ts';

export interface ApiOptions {
  store: Store;
  /** Epoch seconds with a fraction. */
  now: () => number;
  log: Logger;
  /** Default: AWS's own. */
  limits?: Limits;
  region?: string;
  accountId?: string;
  /** Signatures and policies are checked; without it anybody may do everything. */
  access?: ((context: OperationContext) => AccessControl) | undefined;
  /** Calls are throttled; without it the API takes what it can. */
  rate?: RateLimitOptions | undefined;
  /** Seconds between the receipt of a document and the moment reads see it; asked at each call. */
  visibilityDelay?: (() => number) | undefined;
  /** Names under which the API is asked besides those of loopback and of private networks. */
  allowedHosts?: readonly string[];
}

/**
 * Bytes of a request body. The largest a daemon sends is 50 documents of 64 KB, which JSON's escapes can double.
 */
const bodyBytes = 16 * 1024 * 1024;

/**
 * The X-Ray API as an Express app: one route per operation, one error handler.
 */
export function createApi({ store, now, log, ...options }: ApiOptions): Express {
  const refusals = new Refusals(now());
  const context: OperationContext = {
    store,
    now,
    limits: options.limits ?? limitProfiles.aws,
    region: options.region ?? 'us-east-1',
    accountId: options.accountId ?? '000000000000',
    visibilityDelay: options.visibilityDelay ?? (() => 0),
    refusals,
  };
  const access = options.access?.(context);
  const rate = options.rate && rateLimit(options.rate, now);

  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  // As on AWS: a path in other letters, or with a slash at its end, is another path.
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.use(ownProgramsOnly(options.allowedHosts));
  app.get('/health', (_request, response) => {
    // So a supervisor knows that it is this process which answers.
    const word = process.env['LAB_PROCESS_WORD'];
    response.set(word ? { 'x-lab-process': word } : {}).json({ status: 'ok' });
  });
  app.get('/_lab/telemetry', telemetryRecords(context));
  app.get('/_lab/refusals', refusedDocuments(refusals));

  app.use(requestId);
  if (access) app.use(access.hashBody);
  // Whatever the Content-Type: SDKs send none with an empty body.
  app.use(express.raw({ type: () => true, limit: bodyBytes }));
  // As on AWS: who is nobody does not even learn which paths there are.
  if (access) app.use(access.authenticate);
  const guards = { access, rate };
  for (const operation of operations) app.post(operation.path, handle(operation, context, log, guards));
  app.use((request) => {
    throw unknownOperation(whatIsMissing(request.method, request.path));
  });
  app.use(errorHandler(log, storeTrouble(store, log, now)));
  return app;
}

/** SDKs, daemons and command lines; no page of a browser. */
function ownProgramsOnly(allowed: readonly string[] = []): RequestHandler {
  const refusalOf = webPageGuard({ names: 'network', allowed });
  return (request, _response, next) => {
    const refusal = refusalOf(request.method, request.headers);
    if (refusal) throw webPageRefused(refusal);
    next();
  };
}

const requestId: RequestHandler = (_request, response, next) => {
  response.set('x-amzn-RequestId', randomUUID());
  next();
};

interface Guards {
  access: AccessControl | undefined;
  rate: RateLimit | undefined;
}

function handle(
  operation: Operation,
  context: OperationContext,
  log: Logger,
  { access, rate }: Guards,
): RequestHandler {
  return async (request, response) => {
    const body = await readBody(request.body);
    access?.authorize(request, operation, body);
    rate?.take(operation.name);
    const output = await operation.answer(context, body);
    log.debug({ operation: operation.name }, 'answered');
    if (output instanceof WrittenAnswer) response.type('json').send(output.json);
    else response.json(output);
  };
}

/**
 * AWS answers an unsigned GET by a browser with MissingAuthenticationTokenException in XML. Whoever looks at this
 * address with a browser is better served by a sentence.
 */
function whatIsMissing(method: string, path: string): string {
  const known = operations.find((operation) => operation.path === path);
  if (known) return `${known.name} is called with POST ${path}, not with ${method}.`;
  return `No operation of X-Ray is called with ${method} ${path}.`;
}

/** Answers in X-Ray's wire format. An error nobody foresaw is logged whole, and told to the caller as such only. */
function errorHandler(log: Logger, trouble: StoreTrouble): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const storeFailure = trouble.answerTo(thrown);
    const error = storeFailure ?? asXRayError(thrown);
    if (error.status >= 500 && !storeFailure)
      log.error({ err: thrown, path: request.path }, 'request failed');
    else log.debug({ code: error.code, path: request.path }, error.message);

    response
      .status(error.status)
      .set('x-amzn-ErrorType', error.code)
      .json({ __type: error.code, Message: error.message, ...error.members });
  };
}

function asXRayError(thrown: unknown): XRayError {
  if (thrown instanceof XRayError) return thrown;
  const { type, status, message } = thrown as { type?: string; status?: number; message?: string };
  if (type === 'entity.too.large') {
    return requestTooLarge(
      `The body is larger than ${bodyBytes} bytes. Send fewer or smaller documents per call.`,
    );
  }
  // What Express could not read: a broken compression, an encoding it does not know, a path that is no text.
  if (status !== undefined && status < 500)
    return serializationFailed(`The request cannot be read: ${message}.`);
  return internalFailure();
}
