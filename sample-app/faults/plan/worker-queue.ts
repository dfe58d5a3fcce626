import { MessageChannel } from 'node:worker_threads';

/**
 * A queue of work that is made once, at start-up. A job runs in the context of the queue and not of the request that
 * gave it, so whoever keeps the current segment per context has none there.
 */
export function workerQueue(): { run(job: () => void): void } {
  const { port1: inlet, port2: outlet } = new MessageChannel();
  const jobs: (() => void)[] = [];
  outlet.on('message', () => jobs.shift()?.());
  outlet.unref();
  return {
    run(job) {
      jobs.push(job);
      inlet.postMessage(null);
    },
  };
}
