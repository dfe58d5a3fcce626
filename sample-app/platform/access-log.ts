import type { RequestHandler } from 'express';
import { log } from './log.ts';

/**
 * One line for each request, as a web server's access log has it, with the trace id. It knows also the requests of which X-Ray
 * never hears. Without the query: a parameter may be somebody's secret.
 */
export const accessLog: RequestHandler = (request, response, next) => {
  const { method, path } = request;
  const began = performance.now();
  response.once('close', () => {
    // A client that went away before the answer got none.
    const status = response.writableFinished ? response.statusCode : undefined;
    const milliseconds = Math.round(performance.now() - began);
    log.info({ method, path, status, milliseconds }, `${method} ${path} ${status ?? 'not answered'}`);
  });
  next();
};
