import { randomBytes } from 'node:crypto';
import { listen, run } from '../../platform/process.ts';
import { listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { sessionTokens } from './session-tokens.ts';

run(() => {
  const settings = readSettings(listening(8081));
  // Sessions last as long as this process: a fresh key at each start signs out everybody.
  listen('auth', createApp(sessionTokens(randomBytes(32))), settings);
});
