import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service that takes plans as the shop's services do, and can be restarted on the same port. */
export interface FakeService {
  url: string;
  plan(): { revision: number; primitives: unknown[] };
  /** Times a plan was put since the start or the last restart. */
  puts(): number;
  /** Ends it; requests are refused until `start`. */
  stop(): Promise<void>;
  /** Starts it with an empty plan, as a fresh process has one. */
  start(): Promise<void>;
}

export async function fakeService(): Promise<FakeService> {
  let plan: { revision: number; primitives: unknown[] } = { revision: 0, primitives: [] };
  let puts = 0;
  let server: Server | undefined;
  let port = 0;

  async function start(): Promise<void> {
    plan = { revision: 0, primitives: [] };
    puts = 0;
    const started = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        if (request.method === 'PUT') {
          plan = JSON.parse(Buffer.concat(chunks).toString()) as typeof plan;
          puts++;
        }
        response.setHeader('content-type', 'application/json').end(JSON.stringify(plan));
      });
    });
    server = started;
    await new Promise<void>((resolve) => started.listen(port, '127.0.0.1', resolve));
    port = (started.address() as AddressInfo).port;
  }

  await start();
  return {
    url: `http://127.0.0.1:${port}`,
    plan: () => plan,
    puts: () => puts,
    start,
    async stop() {
      const stopping = server;
      server = undefined;
      if (!stopping) return;
      await new Promise((resolve) => {
        stopping.close(resolve);
        stopping.closeAllConnections();
      });
    },
  };
}

/** Asks again until it is true; fails with `what` after five seconds. */
export async function eventually(what: string, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`it never happened: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
