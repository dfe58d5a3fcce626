import { listen, run } from '../../platform/process.ts';
import { address, listening, readSettings } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { authService } from './auth.ts';
import { inventoryService } from './inventory.ts';
import { orderService } from './order.ts';

run(() => {
  const settings = readSettings({
    ...listening(8080),
    AUTH_URL: address('http://localhost:8081'),
    ORDER_URL: address('http://localhost:8082'),
    INVENTORY_URL: address('http://localhost:8084'),
  });
  const app = createApp({
    auth: authService(settings.AUTH_URL),
    order: orderService(settings.ORDER_URL),
    inventory: inventoryService(settings.INVENTORY_URL),
  });
  listen('gateway', app, settings);
});
