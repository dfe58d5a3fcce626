import {
  assembleTrace,
  newEntityId,
  newTraceId,
  type Segment,
  type Subsegment,
  type Trace,
} from '@xray-lab/xray/model';

/** For tests: traces as the shop leaves them. */

export interface FixtureCheckout {
  run?: string;
  customerId?: string;
  orderId?: string;
  /** Epoch seconds. */
  at: number;
  /** One entry per call to the provider: its seconds, and its status (none when it was given up). */
  provider?: readonly { seconds: number; status?: number }[];
  /** Of the order's call to inventory. */
  inventoryStatus?: number;
  /** Payment does not run: order's call to it is refused at once, and nobody behind it sends anything. */
  paymentIsAway?: boolean;
}

const call = (name: string, start: number, seconds: number, more: Partial<Subsegment> = {}): Subsegment => ({
  id: newEntityId(Math.random),
  name,
  namespace: 'remote',
  start_time: start,
  end_time: start + seconds,
  ...more,
});

const answered = (status: number): Partial<Subsegment> => ({
  http: { response: { status } },
  ...(status >= 500 ? { fault: true } : {}),
});

const table = (name: string, operation: string): Partial<Subsegment> => ({
  namespace: 'aws',
  aws: { operation, table_name: name, region: 'us-east-1', retries: 1 },
  http: { response: { status: 200 } },
});

/** The documents of one checkout, joined: gateway, auth, order, inventory, payment, notification. */
export function checkoutTrace(checkout: FixtureCheckout): Trace {
  const { at, run, customerId = 'c-001', orderId = `o-${newEntityId(Math.random).slice(0, 8)}` } = checkout;
  const { inventoryStatus = 201, paymentIsAway = false } = checkout;
  const provider = paymentIsAway ? [] : (checkout.provider ?? [{ seconds: 0.05, status: 201 }]);
  const id = newTraceId(at, Math.random);
  const paying = provider.reduce((sum, attempt) => sum + attempt.seconds, 0);
  const failed = provider.length === 0 || provider.at(-1)?.status === undefined;
  const segment = (
    name: string,
    start: number,
    seconds: number,
    parent: Subsegment | undefined,
    more: Partial<Segment>,
  ): Segment => ({
    trace_id: id,
    id: newEntityId(Math.random),
    name,
    start_time: start,
    end_time: start + seconds,
    ...(parent ? { parent_id: parent.id } : {}),
    ...more,
  });

  let clock = at + 0.09;
  const attempts = provider.map(({ seconds, status }) => {
    const made = call(
      'payment-provider',
      clock,
      seconds,
      status === undefined ? { fault: true } : answered(status),
    );
    clock += seconds;
    return made;
  });
  const toAuth = call('auth', at + 0.01, 0.01, answered(200));
  const toOrder = call('order', at + 0.02, paying + 0.1, answered(failed ? 502 : 201));
  const toInventory = call('inventory', at + 0.03, 0.02, answered(inventoryStatus));
  const toPayment = call(
    'payment',
    at + 0.08,
    paying + 0.02,
    paymentIsAway ? { fault: true } : answered(failed ? 502 : 201),
  );
  const toNotification = call('notification', at + paying + 0.12, 0.01, answered(202));
  const flags = failed ? { fault: true } : {};
  return assembleTrace(id, [
    segment('gateway', at, paying + 0.13, undefined, {
      http: {
        request: { method: 'POST', url: 'http://gateway:8080/checkout' },
        response: { status: failed ? 502 : 201 },
      },
      annotations: { ...(run ? { run } : {}), customerId },
      subsegments: [toAuth, toOrder],
      ...flags,
    }),
    segment('auth', at + 0.011, 0.008, toAuth, {}),
    segment('order', at + 0.021, paying + 0.099, toOrder, {
      annotations: { orderId, customerId },
      subsegments: [
        toInventory,
        call('DynamoDB', at + 0.06, 0.01, table('orders', 'PutItem')),
        toPayment,
        ...(failed
          ? []
          : [call('DynamoDB', at + paying + 0.105, 0.01, table('customers', 'UpdateItem')), toNotification]),
      ],
      ...flags,
    }),
    segment('inventory', at + 0.031, 0.018, toInventory, {
      subsegments: [call('DynamoDB', at + 0.035, 0.005, table('inventory', 'UpdateItem'))],
    }),
    ...(paymentIsAway
      ? []
      : [
          segment('payment', at + 0.081, paying + 0.018, toPayment, {
            annotations: { orderId },
            subsegments: [
              ...attempts,
              ...(failed ? [] : [call('DynamoDB', clock, 0.005, table('payments', 'PutItem'))]),
            ],
            ...flags,
          }),
        ]),
    ...(failed ? [] : [segment('notification', at + paying + 0.121, 0.15, toNotification, {})]),
  ]);
}
