/**
 * Keeps web pages away from a port on this machine. A browser sends any page's requests to loopback, and a host name that
 * an attacker points at 127.0.0.1 after loading ("DNS rebinding") even lets that page read the answers. Programs send none of
 * the headers that are looked at here, but `Host`, and notice nothing.
 */

/** Headers in Node's form: names in lower case. */
export type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface WebPageRules {
  /**
   * Under which names the port is asked: `loopback` only, or those of a `network` of one's own as well (an IP address, a
   * name without a dot as containers have, a name that public DNS never gives away). A page can only be rebound under a name
   * of the public DNS.
   */
  names: 'loopback' | 'network';
  /** Names besides those, without port. */
  allowed?: readonly string[];
}

export interface Refusal {
  status: 403 | 415;
  message: string;
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Top-level names that are kept for private use: https://www.iana.org/assignments/special-use-domain-names */
const PRIVATE = /\.(?:localhost|local|internal|test|home\.arpa)$/;

const IP_ADDRESS = /^(?:\d+\.\d+\.\d+\.\d+|\[[0-9a-f:.]+\])$/;

const CHANGES_NOTHING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** A page can send other types without being asked; for these its browser asks first, and nobody here says yes. */
const JSON_TYPES = /^application\/(?:json|x-amz-json-1\.[01])\s*(?:;|$)/i;

/**
 * What tells a request of somebody else's web page from one of ours:
 *
 * - `Host` is a name that is not ours: a rebound page can't choose it;
 * - it would change something and comes from another site: `Origin`, when there is one, is not ours either (`null`, as a
 *   sandboxed frame sends, is nobody's), or `Sec-Fetch-Site` is cross-site;
 * - it comes from a browser and its body is not JSON.
 *
 * Ports are not compared: what else listens on this machine's loopback was started by its user.
 *
 * @returns why a request is refused; undefined for one that is not.
 */
export function webPageGuard(rules: WebPageRules): (method: string, headers: Headers) => Refusal | undefined {
  const allowed = new Set((rules.allowed ?? []).map((name) => name.toLowerCase()));
  const isKnown = (name: string) => LOOPBACK.has(name) || allowed.has(name);
  const isOurs = (name: string) => isKnown(name) || (rules.names === 'network' && isOfANetwork(name));
  const isOurPage = (name: string | undefined, host: string | undefined) =>
    name !== undefined && (isKnown(name) || name === host);

  return (method, headers) => {
    const host = text(headers['host']);
    // Browsers always send it; a program that speaks HTTP/1.0 may not.
    const name = host === undefined ? undefined : nameIn(`http://${host}`);
    if (host !== undefined && (name === undefined || !isOurs(name))) {
      return refused(`This port does not answer under the name "${host}".`);
    }
    if (CHANGES_NOTHING.has(method)) return undefined;

    const origin = text(headers['origin']);
    const site = text(headers['sec-fetch-site']);
    const originName = origin === undefined ? undefined : nameIn(origin);
    const isForeign = origin !== undefined && !isOurPage(originName, name);
    if (isForeign || site === 'cross-site') {
      return refused(`A page of ${origin ?? 'another site'} may not change anything here.`);
    }
    const isFromBrowser = origin !== undefined || site !== undefined;
    if (isFromBrowser && hasBody(headers) && !JSON_TYPES.test(text(headers['content-type']) ?? '')) {
      return { status: 415, message: 'A web page has to send JSON, and to say so in Content-Type.' };
    }
    return undefined;
  };
}

/** The names in `XRAY_ALLOWED_HOSTS`, with commas or spaces between; none when it is not set. */
export const allowedHostsIn = (env: NodeJS.ProcessEnv): string[] =>
  (env['XRAY_ALLOWED_HOSTS'] ?? '').split(/[,\s]+/).filter((name) => name !== '');

const refused = (message: string): Refusal => ({ status: 403, message });

const text = (value: string | string[] | undefined) => (Array.isArray(value) ? value.join(', ') : value);

const hasBody = (headers: Headers) =>
  headers['transfer-encoding'] !== undefined || Number(text(headers['content-length']) ?? 0) > 0;

const isOfANetwork = (name: string) => !name.includes('.') || IP_ADDRESS.test(name) || PRIVATE.test(name);

/** The host of an address, in lower case and without its port; undefined when it is none. */
const nameIn = (url: string) => (URL.canParse(url) ? new URL(url).hostname.toLowerCase() : undefined);
