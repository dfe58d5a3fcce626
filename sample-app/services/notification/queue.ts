import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a message is handed out before it goes to the dead letters. */
export const MAX_RECEIVES = 3;

/** After a message was handed out and not done, how long until it is handed out again. */
const VISIBILITY_TIMEOUT_MILLISECONDS = 400;

/** How long a message lies there before the first time: what a consumer's polling takes. */
const POLL_MILLISECONDS = 30;

/** The queue takes no more than this; who puts one more is told so. */
export const MOST_MESSAGES = 10_000;

export interface Message {
  id: string;
  body: object;
  /** The trace header of whoever put it, as SQS carries it in the attribute AWSTraceHeader. */
  traceHeader?: string | undefined;
  receives: number;
}

export interface Queue {
  /** Takes a message, to be handed out later; undefined when the queue is full. `over` resolves when it was done or is dead. */
  put(message: Pick<Message, 'body' | 'traceHeader'>): { messageId: string; over: Promise<void> } | undefined;
  deadLetters(): readonly Message[];
}

/**
 * A queue as SQS is one: putting is quick, the work is done later, and a message whose work fails comes again.
 *
 * @param work Does the work of one message. It has failed when it rejects.
 */
export function queue(work: (message: Message) => Promise<void>): Queue {
  const dead: Message[] = [];
  let inFlight = 0;

  async function handOut(message: Message): Promise<void> {
    await sleep(POLL_MILLISECONDS);
    while (message.receives < MAX_RECEIVES) {
      message.receives++;
      try {
        return await work(message);
      } catch {
        await sleep(VISIBILITY_TIMEOUT_MILLISECONDS);
      }
    }
    dead.push(message);
    if (dead.length > MOST_MESSAGES) dead.shift();
  }

  return {
    put(message) {
      if (inFlight >= MOST_MESSAGES) return undefined;
      const id = randomUUID();
      inFlight++;
      const over = handOut({ ...message, id, receives: 0 }).finally(() => inFlight--);
      return { messageId: id, over };
    },
    deadLetters: () => dead,
  };
}
