import type { Subsegment, Trace } from '@xray-lab/xray/model';
import { between, shuffled } from '../draw.ts';
import type { LiveGenerator } from './generator.ts';
import { bothSides, tableCalls } from './spans.ts';

const READS = ['GetItem', 'BatchGetItem', 'Query', 'Scan', 'TransactGetItems'];

const operationOf = (call: Subsegment) => String(call.aws?.operation ?? '');
const tableOf = (call: Subsegment) => String(call.aws?.table_name ?? '');
const throttledIn = (trace: Trace) => tableCalls(trace).filter((call) => call.throttle === true);

/** Which unit of which table is short, read from the operation that was throttled. */
export const ordersTableThrottled: LiveGenerator = {
  id: '1.2-Y03',
  c02: '1.2',
  c03: '1.2',
  difficulty: 'hard',
  facts: ['G03', 'G06'],
  title: 'Which capacity is short',
  fault: 'orders-table-throttled',
  windowSeconds: 14,
  settleSeconds: 4,

  draw: (random) => ({ writeUnits: between(1, 2, 1, random) }),

  // Each checkout writes more than the units that are left; burst capacity serves some. No other table is short.
  expect: (_parameters, traces) => ({ from: Math.max(5, traces.length / 10), to: traces.length }),

  observe(traces) {
    const throttled = traces.filter((trace) => throttledIn(trace).length > 0);
    const strangers = throttled.flatMap(throttledIn).filter((call) => tableOf(call) !== 'orders');
    return strangers.length > 0 ? 0 : throttled.length;
  },

  measure(traces, nonce, random) {
    const throttled = traces.filter((trace) => throttledIn(trace).length > 0);
    const [call] = throttled.flatMap(throttledIn);
    if (!call) return undefined;
    const correct = cure(call);
    const wrong = misreadings(call, traces);
    if (wrong.length < 3) return undefined;
    return {
      stem: `Many customers of run ${nonce} were sent away with a 503, and took longer to get it than others to buy. The DynamoDB tables are provisioned. Which change removes the cause?`,
      answerLabel: 'The change',
      key: { kind: 'choice', choices: shuffled([correct, ...wrong.slice(0, 3)], random), correct },
      evidenceLabel: 'A trace of the run, and the id of the subsegment that shows what is short',
      evidence: throttled.map((trace) => ({
        traceId: trace.id,
        entityIds: throttledIn(trace).flatMap((each) => bothSides(trace, each)),
      })),
      lead: `annotation.run = "${nonce}" AND fault`,
      query: `annotation.run = "${nonce}" AND service(id(name: "${tableOf(call)}", type: "AWS::DynamoDB::Table")) { throttle }`,
      explanation: `In ${throttled.length} traces the ${operationOf(call)} subsegment on the table ${tableOf(call)} has throttle true, status 400 and ProvisionedThroughputExceededException. ${operationOf(call)} ${isRead(call) ? 'reads' : 'writes'}.`,
      misreadings: [],
    };
  },
};

const isRead = (call: Subsegment) => READS.includes(operationOf(call));

const raise = (table: string, unit: 'read' | 'write') => `Raise the ${unit} capacity of the table ${table}`;

const cure = (call: Subsegment) => raise(tableOf(call), isRead(call) ? 'read' : 'write');

/** The other unit of the right table, then the same and the other unit of tables that were called and served. */
function misreadings(call: Subsegment, traces: readonly Trace[]): string[] {
  const [right, other] = isRead(call) ? (['read', 'write'] as const) : (['write', 'read'] as const);
  const tables = new Set(
    traces
      .flatMap(tableCalls)
      .map(tableOf)
      .filter((table) => table && table !== tableOf(call)),
  );
  const elsewhere = [...tables].sort().flatMap((table) => [raise(table, right), raise(table, other)]);
  return [raise(tableOf(call), other), ...elsewhere, 'Run more copies of the service order'];
}
