/**
 * How a supervisor asks a daemon whether it answers: a datagram with a format of its own to the port where segments arrive, which is
 * answered from there. It is no segment: it is neither counted nor passed on. Both know a word that the supervisor gave the daemon at its
 * start, so nobody else can answer, and the daemon answers nobody else.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const HEADER = '{"format":"xray-lab-health","version":1}\n';
const header = Buffer.from(HEADER);

/** Which of a daemon's two ports are open: the one for segments, which has answered, and the one of the proxy. */
export type OpenPorts = 'udp' | 'udp+tcp';

const proofOf = (word: string, ...said: string[]) =>
  createHmac('sha256', word).update(said.join(' ')).digest('hex');

/** @param challenge another one each time: letters and digits */
export const healthQuestion = (word: string, challenge: string): Buffer =>
  Buffer.from(`${HEADER}${challenge} ${proofOf(word, 'question', challenge)}`);

/** The answer to a datagram that is such a question; undefined for every other datagram. */
export function healthAnswer(word: string, datagram: Buffer, open: OpenPorts): Buffer | undefined {
  if (datagram.length > 300 || !datagram.subarray(0, header.length).equals(header)) return undefined;
  const [challenge = '', proof = ''] = datagram.toString('latin1', header.length).split(' ');
  if (!isSame(proof, proofOf(word, 'question', challenge))) return undefined;
  return Buffer.from(`${open} ${proofOf(word, 'answer', challenge, open)}`);
}

/** What an answer says; undefined when it is nobody's answer to this question. */
export function readHealthAnswer(word: string, challenge: string, datagram: Buffer): OpenPorts | undefined {
  const [open = '', proof = ''] = datagram.toString('latin1').split(' ');
  if (open !== 'udp' && open !== 'udp+tcp') return undefined;
  return isSame(proof, proofOf(word, 'answer', challenge, open)) ? open : undefined;
}

function isSame(given: string, right: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
