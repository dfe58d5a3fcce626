import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { get } from 'node:http';
import { connect } from 'node:net';
import { healthQuestion, readHealthAnswer } from '../../xray/health-datagram.ts';

/** The variable in which a process gets the word by which it is known, another one at each start. */
export const WORD_VARIABLE = 'LAB_PROCESS_WORD';
/** In this header of its health check it says it. */
const WORD_HEADER = 'x-lab-process';

const TIMEOUT_MILLISECONDS = 1500;
/** A datagram may get lost, or come before the port is open. Few, because they wait for a daemon that is frozen. */
const ASK_AT_MILLISECONDS = [0, 60, 200, 500, 1000];

/** A port accepts connections as long as its process is there, also when that is frozen: only an answer of its own counts. */
export type Health =
  | 'answers'
  /** It is the process that was asked, and it says that it can't serve yet. */
  | 'not-ready'
  | 'silent'
  /** Somebody answers who does not know the process's word. */
  | 'another';

/** What is wrong, as it is told; `port` is the one that was asked. Undefined when nothing is. */
export function healthInWords(health: Health, port: number): string | undefined {
  if (health === 'another') return `another program answers on port ${port}`;
  if (health === 'silent') return 'does not answer';
  return health === 'not-ready' ? 'answers that it is not ready' : undefined;
}

/** Who answers `GET /health`, and what. Never throws. @param word undefined where whoever answers will do */
export function httpHealth(host: string, port: number, word?: string): Promise<Health> {
  return new Promise((resolve) => {
    const request = get({ host, port, path: '/health', agent: false }, (response) => {
      response.resume();
      const isAsked = word === undefined || response.headers[WORD_HEADER] === word;
      settle(!isAsked ? 'another' : response.statusCode === 200 ? 'answers' : 'not-ready');
    });
    // Of the whole: a program that sends a byte from time to time does not answer either.
    const timer = setTimeout(() => settle('silent'), TIMEOUT_MILLISECONDS);
    const settle = (health: Health) => {
      clearTimeout(timer);
      resolve(health);
      request.destroy();
    };
    request.on('error', (error: NodeJS.ErrnoException) =>
      // What is no HTTP is not ours.
      settle(error.code?.startsWith('HPE_') ? 'another' : 'silent'),
    );
  });
}

/** Asks a daemon of ours on its UDP port, with a datagram that comes back. Never throws. */
export function daemonHealth(host: string, port: number, word: string): Promise<Health> {
  return new Promise((resolve) => {
    const challenge = randomBytes(12).toString('hex');
    const socket = createSocket('udp4');
    const ask = () => socket.send(healthQuestion(word, challenge), port, host, () => {});
    const settle = (health: Health) => {
      clearTimeout(timer);
      for (const asking of questions) clearTimeout(asking);
      socket.removeAllListeners('message');
      socket.close();
      resolve(health);
    };
    const timer = setTimeout(() => settle('silent'), TIMEOUT_MILLISECONDS);
    const questions = ASK_AT_MILLISECONDS.map((milliseconds) => setTimeout(ask, milliseconds));
    socket.once('error', () => settle('silent'));
    socket.once('message', (datagram) => {
      const open = readHealthAnswer(word, challenge, datagram);
      // Without its proxy the SDKs get no sampling rules: somebody else has that port.
      settle(open === 'udp+tcp' ? 'answers' : 'another');
    });
  });
}

/** `SSLRequest`: https://www.postgresql.org/docs/current/protocol-message-formats.html */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** Asks a PostgreSQL whether it would encrypt, which it answers with one letter before anybody has to log in. Never throws. */
export function postgresHealth(host: string, port: number): Promise<Health> {
  return new Promise((resolve) => {
    const socket = connect({ host, port }, () => socket.write(SSL_REQUEST));
    const settle = (health: Health) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(health);
    };
    const timer = setTimeout(() => settle('silent'), TIMEOUT_MILLISECONDS);
    socket.once('data', (answer) => settle(/^[NS]$/.test(answer.toString('latin1')) ? 'answers' : 'another'));
    socket.on('error', () => settle('silent'));
    socket.on('end', () => settle('another'));
  });
}
