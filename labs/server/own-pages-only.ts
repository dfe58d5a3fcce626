import type { RequestHandler } from 'express';
import { webPageGuard } from '@xray-lab/xray/web-pages';
import { forbidden } from './problem.ts';

/**
 * Keeps other web pages out of the control plane and its pages; see `xray/web-pages.ts` for what tells them.
 *
 * @param allowedHosts Host names without port, besides loopback's, for a lab that is opened to a network on purpose.
 */
export function ownPagesOnly(allowedHosts: readonly string[]): RequestHandler {
  const refusalOf = webPageGuard({ names: 'loopback', allowed: allowedHosts });
  return (request, _response, next) => {
    const refusal = refusalOf(request.method, request.headers);
    if (refusal) throw forbidden(refusal.message, REMEDY);
    next();
  };
}

const REMEDY =
  'Use the lab’s own pages on http://localhost with the same port, or `npm run lab -- help`. A name of yours goes into LAB_ALLOWED_HOSTS.';
