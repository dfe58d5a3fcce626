import { Router, type Response } from 'express';
import type { LabEvents } from './contract.ts';

/** The live line to every open page. */
export interface Events {
  publish<K extends keyof LabEvents>(name: K, data: LabEvents[K]): void;
  /** Pages that listen right now; nothing needs to be polled for nobody. */
  listeners(): number;
  routes: Router;
  close(): void;
}

/**
 * Server-sent events. A page that connects first gets the present state, then what changes.
 *
 * @param present The events to greet a new page with.
 * @param heartbeatMilliseconds How often a comment is sent, so that proxies keep the line open.
 */
export function createEvents(
  present: () => Promise<Partial<LabEvents>>,
  heartbeatMilliseconds = 15_000,
): Events {
  const open = new Set<Response>();
  const heartbeat = setInterval(() => {
    for (const response of open) response.write(': still here\n\n');
  }, heartbeatMilliseconds);
  heartbeat.unref();

  const routes = Router();
  routes.get('/lab/events', async (_request, response) => {
    response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'keep-alive',
    });
    response.write('retry: 2000\n\n');
    open.add(response);
    response.on('close', () => open.delete(response));

    const state = await present().catch(() => ({}));
    for (const [name, data] of Object.entries(state)) response.write(event(name, data));
  });

  return {
    publish(name, data) {
      const text = event(name, data);
      for (const response of open) response.write(text);
    },
    listeners: () => open.size,
    routes,
    close() {
      clearInterval(heartbeat);
      for (const response of open) response.end();
      open.clear();
    },
  };
}

const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
