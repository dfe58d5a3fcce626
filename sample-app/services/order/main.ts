import { listen, run } from '../../platform/process.ts';
import { address, listening, readSettings, replicas } from '../../platform/settings.ts';
import { createApp } from './app.ts';
import { customersTable } from './customers-table.ts';
import { inventoryService } from './inventory.ts';
import { notificationService } from './notification.ts';
import { ordersTable } from './orders-table.ts';
import { paymentService } from './payment.ts';

run(() => {
  const settings = readSettings({
    ...listening(8082),
    PAYMENT_URL: address('http://localhost:8083'),
    INVENTORY_URL: replicas('http://localhost:8084'),
    NOTIFICATION_URL: address('http://localhost:8085'),
  });
  const app = createApp({
    inventory: inventoryService(settings.INVENTORY_URL),
    orders: ordersTable(),
    customers: customersTable(),
    payment: paymentService(settings.PAYMENT_URL),
    notification: notificationService(settings.NOTIFICATION_URL),
  });
  listen('order', app, settings);
});
