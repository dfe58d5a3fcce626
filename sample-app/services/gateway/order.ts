import { httpClient } from '../../platform/http-client.ts';

export interface Checkout {
  customerId: string;
  items: { sku: string; quantity: number }[];
  card: { brand: string; number?: string | undefined };
}

export interface Order {
  orderId: string;
  status: string;
  total: number;
  currency: string;
}

export interface OrderService {
  place(checkout: Checkout): Promise<Order>;
  find(orderId: string): Promise<Order>;
  refund(orderId: string): Promise<{ orderId: string; status: string; amount: number; currency: string }>;
}

/** Longer than everything order waits for itself, so that a slow payment shows as slow and not as our own timeout. */
const TIMEOUT_MILLISECONDS = 15_000;

export function orderService(baseUrl: string): OrderService {
  const order = httpClient(baseUrl, { timeoutMilliseconds: TIMEOUT_MILLISECONDS });

  return {
    place: (checkout) => order.post('/orders', checkout),
    find: (orderId) => order.get(`/orders/${orderId}`),
    refund: (orderId) => order.post(`/orders/${orderId}/refund`, {}),
  };
}
