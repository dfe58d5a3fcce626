/**
 * What a fault does to a trace besides its signature: the words of `lookFor`, as far as one trace can show them, and the mark
 * of each of its primitives. A filter expression can ask little of this.
 */
import { subsegmentsOf, type Entity } from '../../sample-app/tests/shop.ts';

export interface Mark {
  /** Which traces bear it; those of the fault's signature when left out. */
  filter?: string;
  /** Whether a trace bears it, by the documents that the services sent. */
  bears(trace: Segments): boolean;
  /** All such traces bear it; otherwise some do, and none while the fault, or the primitive that leaves it, is off. */
  each?: true;
  /** All its requests are one trace, which begins with the first of them and goes on growing. */
  isOneTrace?: true;
}

/** The segments of one trace that services sent. */
export class Segments {
  readonly documents: readonly Entity[];

  constructor(documents: readonly (Entity & { inferred?: boolean })[]) {
    this.documents = documents.filter(({ inferred }) => !inferred);
  }

  of(service: string): readonly Entity[] {
    return this.documents.filter(({ name }) => name === service);
  }

  /** Calls of a service to a host or to an AWS service, in order of start. */
  calls(service: string, callee: string): readonly Entity[] {
    return this.of(service)
      .flatMap(subsegmentsOf)
      .filter(({ name }) => name === callee)
      .toSorted((a, b) => a.start_time - b.start_time);
  }

  /** Calls of a service to one table. */
  table(service: string, table: string): readonly Entity[] {
    return this.calls(service, 'DynamoDB').filter(({ aws }) => aws?.table_name === table);
  }
}

const seconds = ({ start_time, end_time }: Entity) => end_time - start_time;
const statusOf = ({ http }: Entity) => http?.response?.status;
const exceptionOf = ({ cause }: Entity) => cause?.exceptions?.[0];
/** For how long a segment worked before its first subsegment began. */
const secondsBefore = (segment: Entity) =>
  Math.min(segment.end_time, ...(segment.subsegments ?? []).map(({ start_time }) => start_time)) -
  segment.start_time;
const some = <Item>(items: readonly Item[], holds: (item: Item) => boolean) => items.some(holds);
/** Unlike `every` of an array, not of nothing. */
const all = <Item>(items: readonly Item[], holds: (item: Item) => boolean) =>
  items.length > 0 && items.every(holds);

/** A sampling rule that came from X-Ray is named on the segment that asked for it. */
const ruleOf = ({ aws }: Entity) => aws?.xray?.rule_name;
const userAgentOf = ({ http }: Entity) => http?.request?.user_agent;

/** Of which no trace can tell: nothing arrives while they are on, or nothing is wrong. */
export const withoutMark: readonly string[] = [
  'daemon-stopped',
  'daemon-spills-over',
  'daemon-not-authorised',
  'daemon-in-another-region',
  'nothing-is-wrong',
];

export const marks: Readonly<Record<string, readonly Mark[]>> = {
  'payment-provider-hangs': [
    {
      filter: 'service("payment") { fault } AND edge("payment", "payment-provider") { fault }',
      bears: (trace) => {
        const calls = trace.calls('payment', 'payment-provider');
        return (
          calls.length === 3 &&
          all(calls, (call) => Math.abs(seconds(call) - 3) < 0.5 && statusOf(call) === undefined) &&
          all(calls, (call) => /no answer|timeout|3000 ms/i.test(exceptionOf(call)?.message ?? ''))
        );
      },
    },
  ],
  'payment-provider-refuses': [
    {
      bears: (trace) => {
        const calls = trace.calls('payment', 'payment-provider');
        return all(
          calls,
          (call) => (statusOf(call) ?? 0) >= 500 && call.fault === true && seconds(call) < 0.5,
        );
      },
    },
  ],
  'payment-provider-slow-for-one-brand': [
    {
      bears: (trace) => all(trace.of('payment'), ({ annotations }) => annotations?.cardBrand === 'amex'),
    },
    {
      filter: 'edge("payment", "payment-provider") { responsetime < 1 } AND http.method = "POST"',
      each: true,
      bears: (trace) => all(trace.of('payment'), ({ annotations }) => annotations?.cardBrand !== 'amex'),
    },
  ],
  'retry-storm': [
    {
      filter: 'edge("payment", "payment-provider") { http.status = 503 } AND service("payment") { fault }',
      bears: (trace) => {
        const calls = trace.calls('payment', 'payment-provider');
        const pauses = calls.slice(1).map((call, at) => call.start_time - calls[at]!.end_time);
        // Otherwise there are 50 ms and more between two attempts.
        return calls.length === 9 && pauses.toSorted((a, b) => a - b)[4]! < 0.04;
      },
    },
  ],
  'slow-sometimes': [
    { bears: (trace) => some(trace.of('payment'), (payment) => secondsBefore(payment) > 0.75) },
  ],
  'orders-table-throttled': [
    {
      filter: 'service(id(name: "orders", type: "AWS::DynamoDB::Table")) { throttle } AND http.status = 503',
      bears: (trace) =>
        some(
          trace.table('order', 'orders'),
          (call) =>
            call.aws?.operation === 'PutItem' &&
            statusOf(call) === 400 &&
            call.throttle === true &&
            // The SDK counts attempts under this name.
            (call.aws.retries ?? 0) > 1 &&
            exceptionOf(call)?.type === 'ProvisionedThroughputExceededException',
        ),
    },
  ],
  'orders-table-throttled-on-read': [
    {
      filter:
        'service(id(name: "orders", type: "AWS::DynamoDB::Table")) { throttle } AND http.useragent = "order-tracker/2.0"',
      bears: (trace) =>
        all(
          trace.table('order', 'orders').filter(({ throttle }) => throttle),
          ({ aws }) => aws?.operation === 'GetItem',
        ),
    },
  ],
  'one-hot-customer': [
    {
      bears: (trace) =>
        some(
          trace.of('order'),
          (order) =>
            order.annotations?.customerId === 'c-007' &&
            some(
              trace.table('order', 'customers'),
              ({ aws, throttle }) => aws?.operation === 'UpdateItem' && throttle === true,
            ),
        ),
    },
  ],
  'payments-table-denied': [
    {
      bears: (trace) =>
        some(
          trace.table('payment', 'payments'),
          (call) =>
            statusOf(call) === 400 &&
            call.throttle !== true &&
            call.aws?.retries === 1 &&
            exceptionOf(call)?.type === 'AccessDeniedException',
        ),
    },
  ],
  'inventory-down': [
    {
      bears: (trace) =>
        trace.of('inventory').length === 0 &&
        all(
          [...trace.calls('order', 'inventory'), ...trace.calls('gateway', 'inventory')],
          (call) =>
            call.fault === true &&
            statusOf(call) === undefined &&
            /ECONNREFUSED/.test(exceptionOf(call)?.message ?? ''),
        ),
    },
  ],
  'inventory-slow': [
    {
      bears: (trace) =>
        some(trace.of('inventory'), (inventory) => secondsBefore(inventory) > 0.6) &&
        all(trace.calls('inventory', 'DynamoDB'), (call) => seconds(call) < 0.4),
    },
  ],
  'inventory-unavailable': [
    {
      bears: (trace) =>
        some(trace.of('inventory'), (segment) => statusOf(segment) === 503 && segment.fault === true) &&
        all(trace.of('gateway'), (segment) => statusOf(segment) === 201),
    },
  ],
  'one-bad-replica': [
    {
      each: true,
      bears: (trace) =>
        all(
          trace.of('inventory').filter(({ fault }) => fault),
          ({ aws }) => aws?.ec2?.availability_zone === 'us-east-1b',
        ),
    },
    {
      filter: 'instance.id = "i-0a11111111111111a"',
      each: true,
      bears: (trace) =>
        all(
          trace.of('inventory').filter(({ aws }) => aws?.ec2?.instance_id === 'i-0a11111111111111a'),
          ({ fault }) => !fault,
        ),
    },
  ],
  'new-version-fails-sometimes': [
    {
      filter: 'annotation.version = "2" AND service("inventory") { fault }',
      bears: (trace) =>
        all(
          trace.of('inventory').filter(({ fault }) => fault),
          (segment) => segment.annotations?.version === '2' && exceptionOf(segment)?.type === 'RangeError',
        ),
    },
    {
      filter: 'annotation.version = "1"',
      each: true,
      bears: (trace) =>
        all(
          trace.of('inventory').filter(({ annotations }) => annotations?.version === '1'),
          ({ fault }) => !fault,
        ),
    },
  ],
  'legacy-query-slow': [
    {
      bears: (trace) =>
        trace.calls('legacy-pricing', 'pricing@legacy-database').length === 1 &&
        all(
          trace.calls('legacy-pricing', 'pricing@legacy-database'),
          (query) => seconds(query) > 0.5 && query.sql !== undefined,
        ),
    },
  ],
  'legacy-n-plus-one': [
    {
      bears: (trace) => {
        const queries = trace.calls('legacy-pricing', 'pricing@legacy-database');
        return (
          queries.length >= 5 &&
          all(trace.of('legacy-pricing'), ({ annotations }) => annotations?.queries === queries.length) &&
          queries.every((query, at) => at === 0 || query.start_time >= queries[at - 1]!.end_time - 0.002)
        );
      },
    },
  ],
  'auth-rejects-some': [
    {
      bears: (trace) =>
        all(trace.of('auth'), (segment) => statusOf(segment) === 401 && segment.error === true) &&
        trace.of('order').length === 0 &&
        all(trace.documents, ({ fault }) => !fault),
    },
  ],
  'auth-throttles': [
    {
      bears: (trace) =>
        all(trace.of('auth'), (segment) => statusOf(segment) === 429 && segment.throttle === true) &&
        trace.of('order').length === 0,
    },
  ],
  'products-page-throws': [
    {
      bears: (trace) =>
        some(trace.of('inventory'), (segment) => exceptionOf(segment)?.type === 'TypeError') &&
        all(trace.of('gateway'), (segment) => exceptionOf(segment)?.type !== 'TypeError'),
    },
  ],
  'order-computes': [{ bears: (trace) => some(trace.of('order'), (order) => secondsBefore(order) > 0.3) }],
  'mail-fails-three-times': [
    {
      bears: (trace) => {
        const segments = trace.of('notification');
        return (
          segments.length === 3 &&
          all(
            segments,
            (segment) => segment.fault === true && segment.parent_id === segments[0]!.parent_id,
          ) &&
          all(trace.of('gateway'), ({ fault }) => !fault)
        );
      },
    },
  ],
  'context-lost-in-a-pool': [
    {
      bears: (trace) =>
        all(
          trace.of('inventory'),
          (segment) => subsegmentsOf(segment).length === 0 && segment.annotations === undefined,
        ),
    },
  ],
  'payment-called-by-fetch': [
    {
      filter: 'service("payment") AND !service("gateway") AND http.method = "POST"',
      bears: (trace) =>
        all(
          trace.of('payment'),
          (payment) => payment.parent_id === undefined && !!payment.annotations?.orderId,
        ),
    },
    {
      filter: 'service("order") AND http.url ENDSWITH "/checkout" AND ok',
      bears: (trace) => trace.of('order').length === 1 && trace.calls('order', 'payment').length === 0,
    },
  ],
  'header-stripped-by-proxy': [
    {
      bears: (trace) =>
        all(trace.calls('order', 'payment'), ({ traced }) => traced === true) &&
        trace.of('payment').length === 0,
    },
    {
      filter: 'service("payment") AND !service("gateway")',
      bears: (trace) =>
        all(
          trace.of('payment'),
          (payment) => payment.parent_id === undefined && !!payment.annotations?.orderId,
        ),
    },
  ],
  'poisoned-trace-header': [
    {
      isOneTrace: true,
      bears: (trace) =>
        all(trace.documents, ({ trace_id }) => trace_id === '1-67891233-abcdef012345678912345678') &&
        trace.of('gateway').length > 1 &&
        all(trace.of('gateway'), (segment) => ruleOf(segment) === undefined),
    },
  ],
  'dynamodb-not-captured': [
    {
      bears: (trace) =>
        trace.calls('order', 'DynamoDB').length === 0 &&
        some(
          trace.of('order').flatMap(subsegmentsOf),
          ({ name, namespace, aws }) =>
            namespace === 'remote' &&
            aws === undefined &&
            !['inventory', 'payment', 'notification'].includes(name),
        ),
    },
  ],
  'order-id-in-metadata': [
    {
      bears: (trace) =>
        all(
          trace.of('order'),
          ({ annotations, metadata }) =>
            !annotations?.orderId && !!metadata?.default?.orderId && !!metadata.default.customerId,
        ) && some(trace.of('payment'), ({ annotations }) => !!annotations?.orderId),
    },
  ],
  'card-number-in-traces': [
    {
      bears: (trace) =>
        some(
          trace.of('payment'),
          ({ annotations, http }) =>
            /^\d{12,19}$/.test(String(annotations?.card)) &&
            http?.request?.url?.endsWith(`?card=${String(annotations?.card)}`) === true,
        ) && all(trace.calls('order', 'payment'), ({ http }) => !http?.request?.url?.includes('card=')),
    },
  ],
  'clock-skew': [
    {
      bears: (trace) =>
        all(trace.of('payment'), (payment) => {
          const call = [...trace.calls('order', 'payment'), ...trace.calls('gateway', 'payment')].find(
            ({ id }) => id === payment.parent_id,
          );
          return (
            call !== undefined &&
            Math.abs(payment.start_time - call.start_time) > 20 &&
            seconds(payment) <= seconds(call) + 0.01
          );
        }),
    },
  ],
  'wrong-daemon-address': [
    {
      bears: (trace) =>
        trace.of('inventory').length === 0 &&
        all(
          [...trace.calls('order', 'inventory'), ...trace.calls('gateway', 'inventory')],
          (call) => (statusOf(call) ?? 500) < 300 && call.traced === true,
        ),
    },
  ],
  'sampling-calls-denied': [
    { each: true, bears: (trace) => all(trace.of('gateway'), (gateway) => ruleOf(gateway) === undefined) },
  ],
  'health-checks-oversampled': [
    {
      bears: (trace) =>
        all(
          trace.documents,
          (segment) => segment.name === 'gateway' && userAgentOf(segment) === 'ELB-HealthChecker/2.0',
        ),
    },
  ],
  'one-client-sends-nonsense': [
    {
      bears: (trace) =>
        trace.documents.length === 1 &&
        all(trace.of('gateway'), (segment) => statusOf(segment) === 400 && segment.cause === undefined),
    },
  ],
  'failures-of-every-kind': [
    ...[404, 403, 429].map((status): Mark => ({
      filter: `http.status = ${status}`,
      bears: (trace) =>
        some(
          trace.of('gateway'),
          (gateway) =>
            gateway.error === true && !gateway.fault && (gateway.throttle === true) === (status === 429),
        ),
    })),
    {
      filter: 'http.status = 409 AND service("inventory") { error }',
      bears: (trace) =>
        some(
          trace.calls('inventory', 'DynamoDB'),
          (write) =>
            statusOf(write) === 400 &&
            exceptionOf(write)?.type === 'ConditionalCheckFailedException' &&
            write.error === true &&
            write.throttle === undefined &&
            write.fault === true,
        ) && all(trace.documents, ({ fault }) => !fault),
    },
    {
      filter: 'service("inventory") { http.status = 500 }',
      bears: (trace) => some(trace.of('inventory'), (segment) => exceptionOf(segment)?.type === 'TypeError'),
    },
    {
      filter: 'ok AND service("inventory") { http.status = 503 }',
      bears: (trace) => all(trace.of('gateway'), (gateway) => statusOf(gateway) === 201),
    },
    {
      filter: 'edge("payment", "payment-provider") { fault }',
      bears: (trace) =>
        some(
          trace.calls('payment', 'payment-provider'),
          (call) => call.fault === true && statusOf(call) === undefined,
        ),
    },
  ],
  'everything-a-little-slow': (['auth', 'inventory', 'payment'] as const).map((service): Mark => ({
    filter: `service("${service}") { responsetime > 0.03 } AND ok`,
    bears: (trace) => some(trace.of(service), (segment) => secondsBefore(segment) > 0.03),
  })),
  'sampling-rule-eats-checkout': [
    // While it is on, everything else is traced as ever.
    { filter: 'http.url ENDSWITH "/products"', each: true, bears: (trace) => trace.of('gateway').length > 0 },
  ],
  'refund-never-arrives': [
    // What is left of a refund: the notification at its end.
    {
      filter: 'service("notification") AND !service("gateway")',
      bears: (trace) => all(trace.documents, ({ name }) => name === 'notification'),
    },
  ],
  'rare-route-hardly-sampled': [
    { filter: 'http.url ENDSWITH "/checkout"', each: true, bears: (trace) => trace.of('gateway').length > 0 },
  ],
};
