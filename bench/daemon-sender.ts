/**
 * Sends trace segments to a daemon at a constant rate: the same datagrams, whoever receives them. A process of its own,
 * told by IPC what to send (`Order`) and answering what it sent (`Sent`).
 */
import { createSocket } from 'node:dgram';
import { datagrams } from './daemon-segments.ts';

export interface Order {
  port: number;
  /** Segments per second. */
  rate: number;
  /** How many, in all. */
  segments: number;
}

export interface Sent {
  segments: number;
  seconds: number;
}

/** The loop sleeps this long when nothing is due: short enough that a burst stays far below any socket's buffer. */
const NAP_MILLISECONDS = 0.2;

/** Sends at most so many between two looks at the clock and at the event loop. */
const LARGEST_BURST = 64;

const nap = new Int32Array(new SharedArrayBuffer(4));
const socket = createSocket('udp4');

process.on('message', (order: Order) => void send(order).then((sent) => process.send!(sent)));

async function send({ port, rate, segments }: Order): Promise<Sent> {
  await new Promise<void>((resolve) => socket.connect(port, '127.0.0.1', resolve));
  const began = performance.now();
  let sent = 0;
  while (sent < segments) {
    const due = Math.min(segments, Math.ceil(((performance.now() - began) / 1000) * rate));
    const until = Math.min(due, sent + LARGEST_BURST);
    if (until === sent) Atomics.wait(nap, 0, 0, NAP_MILLISECONDS);
    while (sent < until) socket.send(datagrams[sent++ % datagrams.length]!);
    // A send that could not be made at once is made while the event loop turns.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - began) / 1000;
  socket.disconnect();
  return { segments: sent, seconds };
}
