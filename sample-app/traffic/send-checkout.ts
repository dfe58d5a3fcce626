import { CallTimeout, send } from '../platform/http-client.ts';

export interface Checkout {
  /** http://127.0.0.1:8080. */
  gatewayUrl: string;
  customerId?: string;
  /** Becomes the annotation `run`. */
  run?: string | undefined;
  items?: { sku: string; quantity: number }[];
  card?: { brand: string; number?: string };
}

export interface SentCheckout {
  /** 0 when the gateway gave no answer; `body.message` says why. */
  status: number;
  /** Absent when the request was not sampled, or not answered. */
  traceId?: string;
  orderId?: string;
  durationMilliseconds: number;
  body: object;
}

/** More than the gateway itself waits for anything. */
const TIMEOUT_MILLISECONDS = 20_000;

/** Sends one real checkout. Never throws. */
export async function sendCheckout(checkout: Checkout): Promise<SentCheckout> {
  const {
    gatewayUrl,
    customerId,
    items = [{ sku: 'beans-500', quantity: 1 }],
    card = { brand: 'visa' },
  } = checkout;
  return request(gatewayUrl, 'POST', '/checkout', checkout.run, { customerId, items, card });
}

/** Any request to the gateway, as a first hop sends it: the gateway makes the trace id and says it. */
export async function request(
  gatewayUrl: string,
  method: string,
  path: string,
  run: string | undefined,
  body?: object,
  headers: Record<string, string> = {},
): Promise<SentCheckout> {
  const started = performance.now();
  const durationMilliseconds = () => Math.round(performance.now() - started);
  try {
    const answer = await send({
      method,
      url: gatewayUrl + path,
      body,
      headers: {
        'user-agent': 'shop-web/1.0',
        'X-Amzn-Trace-Id': 'Sampled=?',
        ...(run === undefined ? {} : { 'x-run-id': run }),
        ...headers,
      },
      timeoutMilliseconds: TIMEOUT_MILLISECONDS,
    });
    const traceId = sampledRoot(answer.headers['x-amzn-trace-id']);
    const { orderId } = answer.body as { orderId?: string };
    return {
      status: answer.status,
      ...(traceId === undefined ? {} : { traceId }),
      ...(orderId === undefined ? {} : { orderId }),
      durationMilliseconds: durationMilliseconds(),
      body: answer.body,
    };
  } catch (error) {
    const reason = error instanceof CallTimeout ? 'timeout' : 'no-answer';
    const message = (error as Error).message;
    return { status: 0, durationMilliseconds: durationMilliseconds(), body: { error: reason, message } };
  }
}

/** The trace id of `Root=1-…;Sampled=1`. */
function sampledRoot(header: string | string[] | undefined): string | undefined {
  const text = String(header ?? '');
  return /Sampled=1/.test(text) ? /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(text)?.[1] : undefined;
}
