import express from 'express';
import { listen, run } from '../../platform/process.ts';
import { listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { mailbox } from './mailbox.ts';
import { createQueueApp } from './queue-app.ts';

run(() => {
  const settings = readSettings(listening(8085));
  // In front of the service stands its queue, which belongs to nobody's trace.
  const server = listen(
    'notification',
    express().use(createQueueApp(ownAddress), createApp(mailbox())),
    settings,
  );

  function ownAddress(): string {
    const bound = server.address();
    const port = typeof bound === 'object' ? bound?.port : settings.PORT;
    return `http://${settings.HOST === '0.0.0.0' ? '127.0.0.1' : settings.HOST}:${port}`;
  }
});
