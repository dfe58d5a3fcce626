import { listen, run } from '../../platform/process.ts';
import { address, listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { paymentsTable } from './payments-table.ts';
import { paymentProvider } from './provider.ts';

run(() => {
  const settings = readSettings({
    ...listening(8083),
    PAYMENT_PROVIDER_URL: address('http://localhost:8090'),
  });
  const app = createApp({
    provider: paymentProvider(settings.PAYMENT_PROVIDER_URL),
    payments: paymentsTable(),
  });
  listen('payment', app, settings);
});
