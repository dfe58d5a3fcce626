import express, { Router } from 'express';
import { log } from '../../platform/log.ts';
import { send } from '../../platform/http-client.ts';
import { inBackground } from '../../platform/process.ts';
import { MAX_RECEIVES, queue, type Message } from './queue.ts';

/** Longer than the work of any message takes. */
const WORK_TIMEOUT_MILLISECONDS = 10_000;

/** Without one, the SDK's patch of node:http would look for a segment that the queue has not got. */
const NO_TRACE = 'Sampled=0';

/**
 * The queue before the service: `POST /queue` takes a message, and each message is then posted to `/notifications` by
 * itself, with the trace header it came with. So works the daemon of an Elastic Beanstalk worker, which takes messages
 * from SQS and posts them to the application on the same host.
 *
 * @param serviceAddress Asked at each message: the port is known only when the process listens.
 */
export function createQueueApp(serviceAddress: () => string): Router {
  const messages = queue(async ({ body, traceHeader = NO_TRACE, receives }: Message) => {
    const { status } = await send({
      method: 'POST',
      url: `${serviceAddress()}/notifications`,
      body,
      headers: { 'X-Amzn-Trace-Id': traceHeader, 'X-Receive-Count': String(receives) },
      timeoutMilliseconds: WORK_TIMEOUT_MILLISECONDS,
    });
    if (status < 300) return;
    if (receives === MAX_RECEIVES) log.error({ status, receives }, 'a message is given up');
    throw new Error(`the service answered ${status}`);
  });

  const routes = Router();
  routes.post('/queue', express.json({ limit: '32kb' }), (request, response) => {
    const taken = messages.put({ body: request.body as object, traceHeader: request.get('x-amzn-trace-id') });
    if (!taken) {
      response.status(503).json({ error: 'queue-full', message: 'The queue takes no more messages.' });
      return;
    }
    inBackground('a message', taken.over);
    response.status(202).json({ messageId: taken.messageId });
  });
  routes.get('/queue/dead-letters', (_request, response) => {
    response.json({ messages: messages.deadLetters() });
  });
  return routes;
}
