import { listen, run } from '../../platform/process.ts';
import { listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';

run(() => {
  const settings = readSettings(listening(8090));
  // Somewhat under a tenth of a second, as card networks go.
  const takeMilliseconds = () => 50 + Math.random() * 60;
  listen('payment-provider', createApp(takeMilliseconds), settings);
});
