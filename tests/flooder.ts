/**
 * What one request does to everybody else: it is sent from a thread of its own, with a second caller beside it, while this
 * thread, where the server runs, measures its own turns.
 */
import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Agent, request, type IncomingMessage } from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

export interface Flood {
  url: string;
  method?: string;
  headers?: Record<string, string>;
  body: string | Uint8Array;
}

/** Milliseconds nobody may wait for another's request. */
export const longestWait = 100;

/** Characters of an answer that are kept. */
const longestText = 4000;

export interface Seen {
  /** The flood's answers, each text as far as it is kept. */
  answers: { status: number; text: string }[];
  /**
   * Milliseconds a request of the second caller waited at most, in processor time of the server's thread: what other programs take
   * of the machine does not count.
   */
  longestWait: number;
  /** The same by the clock. */
  longestWaitByTheClock: number;
  /** Requests of the second caller that were answered meanwhile. */
  answered: number;
}

/** Of the second caller: a GET, or a POST with a body. */
export interface Second {
  url: string;
  body?: string;
}

/** Asserts that nobody waits for these requests, in the best of three tries. Resolves to what was seen in it. */
export async function assertNobodyWaits(floods: readonly Flood[], second: Second): Promise<Seen> {
  let best: Seen | undefined;
  for (let tries = 0; tries < 3 && (best === undefined || best.longestWait > longestWait); tries++) {
    const seen = await underFlood(floods, second);
    if (best === undefined || seen.longestWait < best.longestWait) best = seen;
  }
  const { longestWait: waited, longestWaitByTheClock, answers } = best!;
  assert.ok(
    waited <= longestWait,
    `another caller waited ${Math.round(waited)} ms of processor time (${Math.round(longestWaitByTheClock)} ms by ` +
      `the clock) while the answer was ${JSON.stringify(answers).slice(0, 300)}`,
  );
  return best!;
}

/** Sends the floods at once, and small requests one after the other until all floods are answered. */
export async function underFlood(floods: readonly Flood[], second: Second): Promise<Seen> {
  const worker = new Worker(new URL(import.meta.url));
  try {
    await answerOf(worker);
    const sent = new Int32Array(new SharedArrayBuffer(4));
    const waits = measuredWaits(sent);
    worker.postMessage({ floods, second, sent });
    const seen = await answerOf<Omit<Seen, 'longestWait'>>(worker);
    return { ...seen, longestWait: waits.stop() };
  } finally {
    await worker.terminate();
  }
}

const answerOf = <Message>(worker: Worker) =>
  new Promise<Message>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });

/** Names a request of the second caller by its number. */
const numberHeader = 'x-second-caller';

/**
 * Processor time from before a request of the second caller to its answer, both as the server's own thread sees them: how soon
 * the second caller's thread is let run to read the answer and send the next request is not the server's doing. A timer of a
 * millisecond runs once in each round of the event loop that took longer.
 * @param sent How many requests the second caller has sent.
 */
function measuredWaits(sent: Int32Array): { stop(): number } {
  let [longest, number, answered] = [0, 0, 0];
  let start = spent();
  let last = start;
  /** Request `newest` was sent at the earliest after the last look. */
  const seen = (newest: number, now: number) => {
    if (newest > number) {
      number = newest;
      start = last;
    }
    if (answered < number) longest = Math.max(longest, now - start);
  };
  const look = () => {
    const now = spent();
    seen(Atomics.load(sent, 0), now);
    last = now;
  };
  const finish = (message: unknown) => {
    const { request } = message as { request: IncomingMessage };
    const finished = Number(request.headers[numberHeader] ?? 0);
    if (finished === 0) return;
    seen(finished, spent());
    answered = finished;
  };
  subscribe('http.server.response.finish', finish);
  const timer = setInterval(look, 1);
  return {
    stop() {
      look();
      clearInterval(timer);
      unsubscribe('http.server.response.finish', finish);
      return longest;
    },
  };
}

const spent = () => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

if (!isMainThread) {
  parentPort!.on('message', (asked: { floods: Flood[]; second: Second; sent: Int32Array }) => {
    void run(asked.floods, asked.second, asked.sent).then((seen) => parentPort!.postMessage(seen));
  });
  parentPort!.postMessage('ready');
}

async function run(floods: readonly Flood[], second: Second, sent: Int32Array) {
  const agent = new Agent({ keepAlive: true });
  // The connection is there before the flood begins.
  await send({ method: second.body === undefined ? 'GET' : 'POST', body: '', ...second }, agent);
  let isOver = false;
  const answers = Promise.all(floods.map((flood) => send(flood))).finally(() => (isOver = true));
  let [longest, answered] = [0, 0];
  while (!isOver) {
    const start = performance.now();
    const headers = { [numberHeader]: String(answered + 1) };
    const method = second.body === undefined ? 'GET' : 'POST';
    await send({ method, headers, body: '', ...second }, agent, () => Atomics.store(sent, 0, answered + 1));
    longest = Math.max(longest, performance.now() - start);
    answered++;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  agent.destroy();
  return { answers: await answers, longestWaitByTheClock: longest, answered };
}

/** @param onSent Called when the operating system has the whole request. */
function send({ url, method = 'POST', headers = {}, body }: Flood, agent?: Agent, onSent?: () => void) {
  return new Promise<{ status: number; text: string }>((resolve) => {
    const call = request(
      url,
      { method, agent: agent ?? false, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          if (text.length < longestText) text += part.slice(0, longestText);
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', () => resolve({ status: response.statusCode ?? 0, text }));
      },
    );
    if (onSent) call.once('finish', onSent);
    // A server may answer a body it will not read, and close.
    call.on('error', (error) => resolve({ status: 0, text: String(error) }));
    call.end(body);
  });
}
