import { z } from 'zod';
import { listen, run } from '../../platform/process.ts';
import { address, listening, readSettings, replicas } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { authService } from './auth.ts';
import { inventoryService } from './inventory.ts';
import { legacyPricing } from './legacy-pricing.ts';
import { orderService } from './order.ts';

run(() => {
  const settings = readSettings({
    ...listening(8080),
    AUTH_URL: address('http://localhost:8081'),
    ORDER_URL: address('http://localhost:8082'),
    INVENTORY_URL: replicas('http://localhost:8084'),
    LEGACY_PRICING_URL: address('http://localhost:8091'),
    ADMIN_KEY: z.string().min(1).default('warehouse'),
  });
  const app = createApp({
    auth: authService(settings.AUTH_URL),
    order: orderService(settings.ORDER_URL),
    inventory: inventoryService(settings.INVENTORY_URL),
    pricing: legacyPricing(settings.LEGACY_PRICING_URL),
    adminKey: settings.ADMIN_KEY,
  });
  listen('gateway', app, settings);
});
