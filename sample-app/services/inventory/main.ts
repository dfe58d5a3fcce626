import { listen, run } from '../../platform/process.ts';
import { listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { inventoryTable } from './inventory-table.ts';

run(() => {
  const settings = readSettings(listening(8084));
  listen('inventory', createApp(inventoryTable()), settings);
});
