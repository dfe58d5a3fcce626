import { listen, run } from '../../platform/process.ts';
import { listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { mailbox } from './mailbox.ts';

run(() => {
  const settings = readSettings(listening(8085));
  listen('notification', createApp(mailbox()), settings);
});
