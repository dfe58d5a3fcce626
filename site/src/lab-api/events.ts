import type { LabEvents } from '@xray-lab/labs/server/contract';
import { createSilence } from './silence.ts';

type Listeners = { [Name in keyof LabEvents]?: (data: LabEvents[Name]) => void };

export interface Watch extends Listeners {
  /** Called every five seconds while the event stream is down. */
  poll?: () => void;
  /** True when the stream is open and news come, false when polling took over. */
  connected?: (open: boolean) => void;
}

const pollMilliseconds = 5000;
const lookMilliseconds = 500;

/** What the lab tells every two seconds: heard, so that a lab that hangs is noticed as one that is gone. */
const heartbeats = ['status', 'xray'];

/** Listens to `/lab/events`; while nothing is heard from there, polls. Returns a function that stops both. */
export function watchLab({ poll, connected, ...listeners }: Watch): () => void {
  let source: EventSource;
  let timer: ReturnType<typeof setInterval> | undefined;
  const silence = createSilence(Date.now());

  const up = () => {
    silence.heard(Date.now());
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    connected?.(true);
  };
  const down = () => {
    if (timer !== undefined) return;
    timer = setInterval(() => {
      // A browser gives a stream up for good after an answer that is none, e.g. a proxy's.
      if (source.readyState === EventSource.CLOSED) listen();
      poll?.();
    }, pollMilliseconds);
    connected?.(false);
  };
  function listen() {
    source = new EventSource('/lab/events');
    source.addEventListener('open', up);
    source.addEventListener('error', down);
    for (const name of heartbeats) source.addEventListener(name, up);
    for (const [name, listener] of Object.entries(listeners)) {
      source.addEventListener(name, (event: MessageEvent<string>) => {
        (listener as (data: unknown) => void)(JSON.parse(event.data));
      });
    }
  }

  listen();
  const looking = setInterval(() => {
    if (silence.isTooLong(Date.now())) down();
  }, lookMilliseconds);
  return () => {
    clearInterval(looking);
    clearInterval(timer);
    source.close();
  };
}
