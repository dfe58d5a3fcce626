import type { LabEvents } from '@xray-lab/labs/server/contract';

type Listeners = { [Name in keyof LabEvents]?: (data: LabEvents[Name]) => void };

export interface Watch extends Listeners {
  /** Called every five seconds while the event stream is down. */
  poll?: () => void;
  /** True when the stream is open, false when polling took over. */
  connected?: (open: boolean) => void;
}

const pollMilliseconds = 5000;

/** Listens to `/lab/events`; while the stream is down, polls. Returns a function that stops both. */
export function watchLab({ poll, connected, ...listeners }: Watch): () => void {
  const source = new EventSource('/lab/events');
  let timer: ReturnType<typeof setInterval> | undefined;

  const stopPolling = () => {
    clearInterval(timer);
    timer = undefined;
  };
  source.addEventListener('open', () => {
    stopPolling();
    connected?.(true);
  });
  source.addEventListener('error', () => {
    connected?.(false);
    timer ??= setInterval(() => poll?.(), pollMilliseconds);
  });
  for (const [name, listener] of Object.entries(listeners)) {
    source.addEventListener(name, (event: MessageEvent<string>) => {
      (listener as (data: unknown) => void)(JSON.parse(event.data));
    });
  }
  return () => {
    stopPolling();
    source.close();
  };
}
