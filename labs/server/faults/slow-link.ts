import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A stretch of network between a process and another one's address, on which every byte can be made to wait. */
export interface SlowLink {
  /** The address of its near end, once it is there: what the process calls in place of the true one. */
  url(): Promise<string>;
  /** How long each piece of data waits, in both directions. */
  delay(milliseconds: number): void;
  /** Cuts what is on its way, so that nobody waits for it any longer. */
  cut(): void;
  close(): void;
}

/**
 * Opens a link on a free port of `host` when it is first asked for.
 *
 * @param upstream The far end, e.g. `http://127.0.0.1:2001`.
 * @param nearHost The name under which other processes reach this one.
 */
export function createSlowLink(upstream: string, host: string, nearHost: string): SlowLink {
  const { hostname, port } = new URL(upstream);
  const sockets = new Set<Socket>();
  let milliseconds = 0;
  let opened: Promise<Server> | undefined;

  function relay(near: Socket): void {
    const far = connect(Number(port || 80), hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (piece) => later(() => to.writable && to.write(piece)));
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
    }
    far.on('end', () => later(() => near.end()));
    // Who gives up takes back what is on its way: over a way this long the connection itself would not be there yet.
    near.on('end', () => {
      far.destroy();
      near.end();
    });
  }

  /** Timers of one length fire in the order in which they were set, so the pieces stay in order. */
  const later = (work: () => void) => void setTimeout(work, milliseconds).unref();

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  const open = () =>
    new Promise<Server>((resolve, reject) => {
      const server = createServer({ allowHalfOpen: true }, relay);
      server.once('error', reject);
      server.listen(0, host, () => resolve(server));
      server.unref();
    });

  return {
    async url() {
      opened ??= open();
      return `http://${nearHost}:${((await opened).address() as AddressInfo).port}`;
    },
    delay(wanted) {
      milliseconds = wanted;
    },
    cut,
    close() {
      cut();
      void opened?.then((server) => server.close());
    },
  };
}
