import { httpClient } from '../../platform/http-client.ts';

export interface NotificationService {
  orderPlaced(order: { orderId: string; customerId: string }): Promise<void>;
}

export function notificationService(baseUrl: string): NotificationService {
  const notification = httpClient(baseUrl, { timeoutMilliseconds: 5000 });
  return { orderPlaced: (order) => notification.post('/notifications', { kind: 'order-placed', ...order }) };
}
