import { httpClient } from '../../platform/http-client.ts';

export interface NotificationService {
  orderPlaced(order: { orderId: string; customerId: string }): Promise<void>;
  orderRefunded(order: { orderId: string; customerId: string }): Promise<void>;
}

export function notificationService(baseUrl: string): NotificationService {
  const notification = httpClient(baseUrl, { timeoutMilliseconds: 1000 });
  // Into its queue, which answers at once: the mail is sent later, and again if it fails.
  return {
    orderPlaced: (order) => notification.post('/queue', { kind: 'order-placed', ...order }),
    orderRefunded: (order) => notification.post('/queue', { kind: 'order-refunded', ...order }),
  };
}
