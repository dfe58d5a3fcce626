/**
 * Traces like those of the sample shop, made by the number and always the same ones for the same seed: what the
 * benches fill stores with. Documents have the members the Node SDK writes, about 1 KB each.
 */
import { randomFrom } from '../sample-app/random.ts';

/** A segment document as it travels, with the members every one of them has. */
export interface ShopDocument {
  trace_id: string;
  id: string;
  name: string;
  start_time: number;
  end_time: number;
  [member: string]: unknown;
}

export interface ShopTraces {
  count: number;
  /** Epoch seconds of the first trace; the others follow evenly until `end`. */
  start: number;
  end: number;
  seed: number;
}

const ports: Record<string, number> = {
  gateway: 8080,
  auth: 8081,
  order: 8082,
  payment: 8083,
  inventory: 8084,
  notification: 8085,
};

/** Parts of the requests; the rest are answered as they should be. */
const faultRate = 0.02;
const throttleRate = 0.01;
const readRate = 0.2;

/** Each trace's documents: six for a checkout, three for reading an order, fewer where a fault cut it short. */
export function* shopTraces({ count, start, end, seed }: ShopTraces): Generator<ShopDocument[]> {
  const random = randomFrom(seed);
  for (let number = 0; number < count; number++) {
    yield shopTrace(number, start + ((end - start) * number) / count, random);
  }
}

/** All documents in the order in which a daemon would receive them: of many traces at a time, each when it ends. */
export function shopTraffic(traces: ShopTraces): ShopDocument[] {
  return [...shopTraces(traces)].flat().sort((a, b) => a.end_time - b.end_time);
}

function shopTrace(number: number, start: number, random: () => number): ShopDocument[] {
  const hex = (digits: number) => {
    let text = '';
    while (text.length < digits)
      text += Math.floor(random() * 0x10000)
        .toString(16)
        .padStart(4, '0');
    return text;
  };
  const traceId = `1-${Math.floor(start).toString(16).padStart(8, '0')}-${hex(24)}`;
  const isRead = random() < readRate;
  const chance = random();
  const isFault = chance < faultRate;
  const isThrottled = !isFault && chance < faultRate + throttleRate;
  const documents: ShopDocument[] = [];
  const customerId = `C${Math.floor(random() * 5000)}`;
  const orderId = `O${number}`;

  const milliseconds = (least: number, most: number) => (least + random() ** 3 * (most - least)) / 1000;
  const round = (time: number) => Math.round(time * 1000) / 1000;

  /** A subsegment for a call; `status` undefined when the answer never came. */
  function call(name: string, at: number, end: number, method: string, path: string, status?: number) {
    return {
      id: hex(16),
      name,
      start_time: round(at),
      end_time: round(end),
      namespace: 'remote',
      ...(status === undefined || status >= 500 ? { fault: true } : {}),
      ...(status === undefined ? { cause: exception('ECONNRESET', 'socket hang up') } : {}),
      http: {
        request: { url: `http://127.0.0.1:${ports[name] ?? 8090}${path}`, method, traced: name in ports },
        ...(status === undefined ? {} : { response: { status, content_length: 182 } }),
      },
    };
  }

  function dynamodb(operation: string, table: string, at: number, end: number) {
    return {
      id: hex(16),
      name: 'DynamoDB',
      start_time: round(at),
      end_time: round(end),
      namespace: 'aws',
      ...(isThrottled ? { error: true, throttle: true } : {}),
      http: { response: { status: isThrottled ? 400 : 200, content_length: 96 } },
      aws: {
        operation,
        region: 'us-east-1',
        request_id: hex(32),
        retries: isThrottled ? 3 : 0,
        table_name: table,
      },
    };
  }

  function exception(type: string, message: string) {
    return {
      working_directory: '/app/sample-app',
      paths: [],
      exceptions: [
        {
          id: hex(16),
          type,
          message,
          remote: true,
          stack: [
            { path: '/app/sample-app/platform/http-client.ts', line: 48, label: 'send' },
            { path: '/app/sample-app/services/order/payment.ts', line: 21, label: 'takePayment' },
          ],
        },
      ],
    };
  }

  function segment(name: string, at: number, end: number, members: Record<string, unknown>) {
    documents.push({
      trace_id: traceId,
      id: hex(16),
      name,
      start_time: round(at),
      end_time: round(end),
      origin: 'AWS::ECS::Container',
      aws: {
        ecs: { container: `${name}-7f9c4d5b6-x2lkq` },
        xray: { package: 'aws-xray-sdk', sdk: 'X-Ray for Node.js', sdk_version: '3.12.0' },
      },
      service: { name: '@xray-lab/sample-app', version: '0.1.0', runtime: 'node', runtime_version: '24.1.0' },
      ...members,
    });
  }

  const http = (name: string, method: string, path: string, status: number) => ({
    request: {
      method,
      url: `http://127.0.0.1:${ports[name]}${path}`,
      user_agent: 'undici',
      client_ip: '127.0.0.1',
    },
    response: { status, content_length: 214 },
  });
  const flags = (status: number) =>
    status >= 500 ? { fault: true } : status === 429 ? { error: true, throttle: true } : {};

  /** A service that works for a while and touches a table; returns when it was done. */
  function leaf(name: string, parent: string, at: number, path: string, operation: string, table?: string) {
    const took = milliseconds(4, 90);
    const status = isThrottled && table ? 429 : 200;
    segment(name, at, at + took, {
      parent_id: parent,
      ...flags(status),
      annotations: { orderId, customerId },
      http: http(name, 'POST', path, status),
      ...(table ? { subsegments: [dynamodb(operation, table, at + 0.001, at + took - 0.001)] } : {}),
    });
    return { end: at + took, status };
  }

  const authCall = call('auth', start + 0.002, start + 0.002, 'POST', '/sessions', 200);
  const auth = leaf('auth', authCall.id, start + 0.003, '/sessions', 'GetItem');
  authCall.end_time = round(auth.end + 0.001);

  const at = auth.end + 0.002;
  const orderCall = call(
    'order',
    at,
    at,
    isRead ? 'GET' : 'POST',
    isRead ? `/orders/${orderId}` : '/orders',
    200,
  );
  const calls: object[] = [];
  let clock = at + 0.002;
  let orderStatus = 200;
  if (isRead) {
    calls.push(dynamodb('GetItem', 'orders', clock, (clock += milliseconds(2, 30))));
    if (isThrottled) orderStatus = 429;
  } else {
    const reserve = call('inventory', clock, clock, 'POST', '/reservations', 200);
    const inventory = leaf(
      'inventory',
      reserve.id,
      clock + 0.001,
      '/reservations',
      'UpdateItem',
      'inventory',
    );
    reserve.end_time = round((clock = inventory.end + 0.001));
    calls.push(reserve);

    const pay = call('payment', clock, clock, 'POST', '/payments', isFault ? 502 : 200);
    const took = isFault ? milliseconds(900, 3000) : milliseconds(20, 1500);
    const providerCall = call(
      'payment-provider',
      clock + 0.002,
      clock + took - 0.004,
      'POST',
      '/charges',
      isFault ? undefined : 200,
    );
    segment('payment', clock + 0.001, clock + took, {
      parent_id: pay.id,
      ...flags(isFault ? 502 : 200),
      annotations: { orderId, customerId, amount: Math.floor(random() * 20_000) / 100 },
      http: http('payment', 'POST', '/payments', isFault ? 502 : 200),
      subsegments: [
        providerCall,
        dynamodb('PutItem', 'payments', clock + took - 0.003, clock + took - 0.001),
      ],
    });
    pay.end_time = round((clock += took + 0.001));
    calls.push(pay);

    if (isFault) orderStatus = 502;
    else {
      calls.push(dynamodb('PutItem', 'orders', clock, (clock += milliseconds(2, 30))));
      const notify = call('notification', clock, clock, 'POST', '/mails', 202);
      const mail = leaf('notification', notify.id, clock + 0.001, '/mails', 'PutItem');
      notify.end_time = round((clock = mail.end + 0.001));
      calls.push(notify);
      if (isThrottled) orderStatus = 429;
    }
  }
  const orderPath = isRead ? `/orders/${orderId}` : '/orders';
  segment('order', at + 0.001, clock + 0.001, {
    parent_id: orderCall.id,
    ...flags(orderStatus),
    annotations: { orderId, customerId, items: 1 + Math.floor(random() * 5), gift: random() < 0.1 },
    http: http('order', isRead ? 'GET' : 'POST', orderPath, orderStatus),
    subsegments: calls,
  });
  orderCall.end_time = round(clock + 0.002);
  Object.assign(orderCall, flags(orderStatus));
  orderCall.http.response!.status = orderStatus;

  const path = isRead ? `/orders/${orderId}` : '/checkout';
  segment('gateway', start, clock + 0.004, {
    user: customerId,
    ...flags(orderStatus),
    annotations: { orderId, customerId },
    http: http('gateway', isRead ? 'GET' : 'POST', path, orderStatus),
    subsegments: [authCall, orderCall],
  });
  return documents;
}
