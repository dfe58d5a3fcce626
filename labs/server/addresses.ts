/** Host name → address, as a line of /etc/hosts would say it. */
export type HostAliases = Readonly<Record<string, string>>;

/**
 * Reads `HOST_ALIASES`: `auth:127.0.0.1,order:127.0.0.1`.
 *
 * @example parseAliases('auth:127.0.0.1') // { auth: '127.0.0.1' }
 */
export function parseAliases(text: string): HostAliases {
  const pairs = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => [part.slice(0, part.indexOf(':')), part.slice(part.indexOf(':') + 1)] as const);
  return Object.fromEntries(pairs.filter(([name, address]) => name !== '' && address !== ''));
}

/**
 * The same URL with an aliased host replaced by its address. Only what no instrumented service calls may go this
 * way: the SDK names a subsegment after the host it sees.
 *
 * @example withAlias('http://auth:8081', { auth: '127.0.0.1' }) // 'http://127.0.0.1:8081'
 */
export function withAlias(url: string, aliases: HostAliases): string {
  const parsed = new URL(url);
  const address = aliases[parsed.hostname];
  if (address !== undefined) parsed.hostname = address.includes(':') ? `[${address}]` : address;
  return parsed.href.replace(/\/$/, '');
}
