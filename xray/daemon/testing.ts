/** What the daemon's tests share. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createLog, type Log } from './log.ts';
import { AwsClient, type AwsClientOptions } from './aws-client.ts';

export const silent: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** A log at debug level that keeps its lines, without their time stamps. */
export function recordingLog(): { log: Log; lines: string[] } {
  const lines: string[] = [];
  const log = createLog(
    'debug',
    (line) => lines.push(line.slice(21, -1)),
    () => new Date(0),
  );
  return { log, lines };
}

export const testCredentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};

/** A client of X-Ray with test credentials; `options` replace what it is made of. */
export function clientFor(endpoint: URL, options: Partial<AwsClientOptions> = {}): AwsClient {
  return new AwsClient({
    service: 'xray',
    endpoint,
    region: 'us-east-1',
    credentials: () => Promise.resolve(testCredentials),
    timeoutMilliseconds: 2000,
    connections: 8,
    verifyCertificate: true,
    proxy: undefined,
    ...options,
  });
}

/** No waiting between attempts. */
export const noPause = () => Promise.resolve();

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** An HTTP server on a free port that keeps what it was sent and answers as told. */
export async function fakeXRay(
  answer: (response: ServerResponse, request: ReceivedRequest) => void,
): Promise<{ endpoint: URL; requests: ReceivedRequest[]; close: () => Promise<void> }> {
  const requests: ReceivedRequest[] = [];
  const server = createServer(async (incoming, response) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    const request = { method: incoming.method!, path: incoming.url!, headers: incoming.headers, body };
    requests.push(request);
    answer(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: new URL(`http://127.0.0.1:${port}`),
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
