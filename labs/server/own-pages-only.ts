import type { RequestHandler } from 'express';
import { forbidden } from './problem.ts';

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);
const changing = new Set(['POST', 'PUT', 'PATCH', 'DELETE']);

/**
 * Keeps other web pages out. A browser sends any page's requests to loopback, and a host name that an attacker
 * points at 127.0.0.1 after loading ("DNS rebinding") even lets that page read the answers. So:
 *
 * - every request must be addressed to loopback or to a name in `allowedHosts` (the `Host` header, which a
 *   rebound page can't choose);
 * - a request that changes something must not come from another site: `Origin`, when there is one, has to be
 *   loopback or allowed as well (`null`, as a sandboxed frame sends, is not), and `Sec-Fetch-Site` not cross-site.
 *
 * Programs (the command line, curl, an SDK) send no `Origin` and are not affected. Ports are not compared: what
 * else listens on the learner's loopback was started by the learner.
 *
 * @param allowedHosts Host names without port, for a lab that is opened to a network on purpose.
 */
export function ownPagesOnly(allowedHosts: readonly string[]): RequestHandler {
  const allowed = new Set([...loopback, ...allowedHosts.map((host) => host.toLowerCase())]);

  return (request, _response, next) => {
    const host = hostOf(`http://${request.headers.host ?? ''}`);
    if (host === undefined || !allowed.has(host)) {
      throw forbidden(
        `The lab does not answer under the name "${request.headers.host ?? ''}".`,
        'Open http://localhost with the same port, or add the name to LAB_ALLOWED_HOSTS.',
      );
    }
    if (changing.has(request.method)) refuseOtherSites(request.headers, allowed);
    next();
  };
}

function refuseOtherSites(
  headers: { origin?: string | undefined; 'sec-fetch-site'?: string | string[] | undefined },
  allowed: ReadonlySet<string>,
): void {
  const { origin } = headers;
  const originHost = origin === undefined ? undefined : hostOf(origin);
  const foreign = origin !== undefined && (originHost === undefined || !allowed.has(originHost));
  if (foreign || headers['sec-fetch-site'] === 'cross-site') {
    throw forbidden(
      `A page of ${origin ?? 'another site'} may not change this lab.`,
      'Use the lab’s own pages, or `npm run lab -- help`.',
    );
  }
}

function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined;
}
