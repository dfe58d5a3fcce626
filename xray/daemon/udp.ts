import { createSocket, type Socket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import type { Address } from './address.ts';

/** Bytes the kernel holds for us while we are busy; it gives less where its own limit is lower. */
const receiveBufferBytes = 4 * 1024 * 1024;

export interface UdpListener {
  address: AddressInfo;
  /** Reads what has arrived already, then closes. */
  close(): Promise<void>;
}

/** Listens for datagrams. Rejects when the address cannot be bound. */
export async function listenUdp(
  { host, port }: Address,
  onDatagram: (bytes: Buffer, answer: (bytes: Buffer) => void) => void,
): Promise<UdpListener> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let received = 0;
  socket.on('message', (bytes, from) => {
    received++;
    // Whether an answer arrives is of interest to who asked.
    if (bytes.length > 0)
      onDatagram(bytes, (answer) => socket.send(answer, from.port, from.address, () => {}));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject);
    socket.bind(port, host, () => {
      socket.off('error', reject);
      resolve();
    });
  });
  // An error on a bound socket is about one datagram; the next one may be fine.
  socket.on('error', () => {});
  enlargeBuffer(socket);

  return {
    address: socket.address(),
    async close() {
      for (let before = -1; before !== received;) {
        before = received;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await new Promise<void>((resolve) => socket.close(() => resolve()));
    },
  };
}

function enlargeBuffer(socket: Socket): void {
  try {
    socket.setRecvBufferSize(receiveBufferBytes);
  } catch {
    // Some systems refuse instead of giving less: then their default has to do.
  }
}
