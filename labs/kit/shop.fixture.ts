import {
  assembleTrace,
  matchesFilter,
  newEntityId,
  newTraceId,
  parseFilterExpression,
  summarizeTrace,
  xrayReader,
  type Segment,
  type Subsegment,
  type Trace,
  type XRayReader,
} from '@xray-lab/xray/model';

/** For tests: traces as the shop leaves them, and an X-Ray that holds them in memory and really filters. */

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
  const { provider = [{ seconds: 0.05, status: 201 }], inventoryStatus = 201 } = checkout;
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
  const toPayment = call('payment', at + 0.08, paying + 0.02, answered(failed ? 502 : 201));
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
        ...(failed ? [] : [toNotification]),
      ],
      ...flags,
    }),
    segment('inventory', at + 0.031, 0.018, toInventory, {}),
    segment('payment', at + 0.081, paying + 0.018, toPayment, {
      annotations: { orderId },
      subsegments: attempts,
      ...flags,
    }),
    ...(failed ? [] : [segment('notification', at + paying + 0.121, 0.008, toNotification, {})]),
  ]);
}

/** An X-Ray that holds these traces, behind the wire's own shapes: pages of three, documents as text. */
export function memoryXRay(traces: readonly Trace[]): XRayReader {
  return xrayReader(async (operation, input) => {
    if (operation === 'BatchGetTraces')
      return { Traces: documents(traces, (input as { TraceIds: string[] }).TraceIds) };
    return summaries(
      traces,
      input as { StartTime: Date; EndTime: Date; FilterExpression?: string; NextToken?: string },
    );
  });
}

const documents = (traces: readonly Trace[], ids: readonly string[]) =>
  traces
    .filter((trace) => ids.includes(trace.id))
    .map((trace) => ({
      Id: trace.id,
      Segments: trace.segments.map((segment) => ({ Id: segment.id, Document: JSON.stringify(segment) })),
    }));

const PAGE = 3;

function summaries(
  traces: readonly Trace[],
  input: { StartTime: Date; EndTime: Date; FilterExpression?: string; NextToken?: string },
) {
  const expression = parsed(input.FilterExpression);
  const found = traces
    .filter(({ startTime }) => startTime * 1000 >= +input.StartTime && startTime * 1000 < +input.EndTime)
    .filter((trace) => !expression || matchesFilter(expression, trace));
  const from = Number(input.NextToken ?? 0);
  return {
    TraceSummaries: found
      .slice(from, from + PAGE)
      .map((trace) => ({ ...summarizeTrace(trace), StartTime: new Date(trace.startTime * 1000) })),
    ...(from + PAGE < found.length ? { NextToken: String(from + PAGE) } : {}),
  };
}

function parsed(filter: string | undefined) {
  try {
    return filter ? parseFilterExpression(filter) : undefined;
  } catch (error) {
    throw Object.assign(new Error((error as Error).message), { name: 'InvalidRequestException' });
  }
}
