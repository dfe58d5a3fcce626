import type { IncomingHttpHeaders, RequestListener } from 'node:http';

/**
 * A service on a developer's machine is also within reach of every web page that is open there: browsers send pages' requests
 * to loopback, and a name of the public DNS that points at 127.0.0.1 even lets a page read the answers ("DNS rebinding").
 * Programs send no `Origin` and no `Sec-Fetch-…`, and call a service by a name that no public DNS has.
 *
 * @returns Why a request is refused, in a sentence; undefined for one that is not.
 */
export function whyRefused(method: string, headers: IncomingHttpHeaders): string | undefined {
  const { host, origin } = headers;
  const name = host === undefined ? undefined : nameIn(`http://${host}`);
  if (host !== undefined && (name === undefined || !isPrivate(name))) {
    return `This service does not answer under the name "${host}".`;
  }
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;

  const page = origin === undefined ? undefined : nameIn(origin);
  const isForeign = origin !== undefined && (page === undefined || !(isLoopback(page) || page === name));
  const site = headers['sec-fetch-site'];
  if (isForeign || site === 'cross-site') {
    return `A page of ${origin ?? 'another site'} may not change anything here.`;
  }
  // A page can send forms and plain text without being asked; before it sends JSON its browser asks, and nobody says yes.
  const isOfPage = origin !== undefined || site !== undefined;
  return isOfPage && hasBody(headers) && !isJson(headers['content-type'] ?? '')
    ? 'A web page has to send JSON, and to say so in Content-Type.'
    : undefined;
}

/** The same service, out of reach of web pages. */
export const withoutWebPages =
  (listener: RequestListener): RequestListener =>
  (request, response) => {
    const message = whyRefused(request.method ?? '', request.headers);
    if (message === undefined) return listener(request, response);
    response.writeHead(403, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ error: 'forbidden', message }));
  };

const isLoopback = (name: string) => ['localhost', '127.0.0.1', '[::1]'].includes(name);

/** Loopback, an address, a name without a dot, or one under a top-level name that is kept for private use. */
const isPrivate = (name: string) =>
  isLoopback(name) ||
  !name.includes('.') ||
  /^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/.test(name) ||
  /\.(?:localhost|local|internal|test|home\.arpa)$/.test(name);

const hasBody = (headers: IncomingHttpHeaders) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

const isJson = (type: string) => /^application\/(?:json|x-amz-json-1\.[01])\s*(?:;|$)/i.test(type);

const nameIn = (url: string) => (URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined);
