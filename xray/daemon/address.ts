export interface Address {
  host: string;
  port: number;
}

/** Reads `127.0.0.1:2000`, `[::1]:2000`, `:2000` (every interface). Throws an Error that quotes the text. */
export function parseAddress(text: string): Address {
  const [, host, port] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new Error(`"${text}" is not an address. Write host:port, e.g. 127.0.0.1:2000.`);
  }
  return { host: host.replace(/^\[|\]$/g, '') || '0.0.0.0', port: Number(port) };
}

export const formatAddress = ({ host, port }: Address) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
