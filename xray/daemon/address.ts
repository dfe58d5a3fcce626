export interface Address {
  host: string;
  port: number;
}

const largestPort = 65_535;

/** Reads `127.0.0.1:2000`, `[::1]:2000`, `:2000` (every interface). Throws an Error in Go's words. */
export function parseAddress(text: string): Address {
  const [, host, port] = /^(.*):([^:]*)$/.exec(text) ?? [];
  if (host === undefined || port === undefined || host.includes(':') !== /^\[.*\]$/.test(host)) {
    const reason = host === undefined ? 'missing port in address' : 'too many colons in address';
    throw new Error(`address ${text}: ${reason}`);
  }
  if (!/^\d+$/.test(port) || Number(port) > largestPort) throw new Error(`address ${port}: invalid port`);
  return { host: host.replace(/^\[|\]$/g, '') || '0.0.0.0', port: Number(port) };
}

export const formatAddress = ({ host, port }: Address) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
