import type { RequestHandler } from 'express';
import type { Refusals } from '../operations/traces/refusals.ts';

/**
 * `GET /_lab/refusals`: how many documents were refused since the API started, and the newest with their reasons. Ours, not
 * AWS's. Like `/_lab/telemetry` it asks for no signature, and so tells ids, names and reasons, and nothing of what a document
 * holds besides.
 */
export const refusedDocuments =
  (refusals: Refusals): RequestHandler =>
  (_request, response) => {
    response
      .set('cache-control', 'no-store')
      .json({ Since: refusals.since, Count: refusals.count, Refusals: refusals.newest });
  };
