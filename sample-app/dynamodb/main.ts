import { log } from '../platform/log.ts';
import { listen, run } from '../platform/process.ts';
import { listening, readSettings } from '../platform/settings.ts';
import { createDynamoDB } from './server.ts';

run(async () => {
  const settings = readSettings(listening(8000));
  listen('dynamodb', await createDynamoDB(), settings);
  // dynalite throws some internal errors from callbacks. The tables live in this process, so it goes on;
  // the request concerned is answered 500 by its timeout.
  process.on('uncaughtException', (error) => log.error({ err: error }, 'dynalite failed on a request'));
});
