import {
  assembleTrace,
  newEntityId,
  newTraceId,
  type Segment,
  type Subsegment,
  type Trace,
} from '@xray-lab/xray/model';
import { memoryXRay } from '../../xray/model/fixtures/memory-xray.ts';
import type { Random } from '../draw.ts';
import type { LiveLab } from './live-lab.ts';

/** For tests: what the shop's traces look like while a fault is on, and a lab that makes them in no time. */

interface Situation {
  fault?: string;
  parameters: Record<string, unknown>;
  nonce?: string;
  random: Random;
}

const START = 1_790_000_000;

/** One checkout under the fault. */
export function simulateCheckout(at: number, { fault, parameters, nonce, random }: Situation): Trace {
  const id = newTraceId(at, random);
  const orderId = `o-${newEntityId(random).slice(0, 8)}`;
  const make = (name: string, seconds: number, more: Partial<Subsegment> = {}): Subsegment => {
    const start = clock;
    clock += seconds;
    return {
      id: newEntityId(random),
      name,
      namespace: 'remote',
      start_time: start,
      end_time: clock,
      ...more,
    };
  };
  const segment = (
    name: string,
    parent: Subsegment | undefined,
    subsegments: Subsegment[],
    failed: boolean,
  ): Segment => ({
    trace_id: id,
    id: newEntityId(random),
    name,
    start_time: parent ? parent.start_time + 0.001 : at,
    end_time: parent ? (parent.end_time ?? at) - 0.001 : clock,
    ...(parent ? { parent_id: parent.id } : {}),
    ...(failed ? { fault: true } : {}),
    annotations: {
      ...(name === 'gateway' && nonce ? { run: nonce } : {}),
      ...(name === 'order' || name === 'payment' ? { orderId } : {}),
    },
    http: {
      request: {
        method: 'POST',
        url: name === 'gateway' ? 'http://gateway:8080/checkout' : `http://${name}/`,
      },
      response: { status: failed ? 503 : 201 },
    },
    subsegments,
  });
  let clock = at + 0.01;

  const inventoryFails = fault === 'inventory-unavailable' && random() < Number(parameters.share);
  const status = inventoryFails ? Number(parameters.status) : 201;
  const toInventory = make('inventory', 0.02, {
    http: { response: { status } },
    ...(inventoryFails ? { fault: true } : {}),
  });
  const stock = {
    ...make('DynamoDB', 0.01, dynamodb('UpdateItem', 'inventory')),
    start_time: toInventory.start_time,
  };

  const throttled = fault === 'orders-table-throttled' && random() < 0.8;
  const put = make('DynamoDB', throttled ? 0.3 : 0.02, dynamodb('PutItem', 'orders', throttled));

  const paying = clock;
  const attempts: Subsegment[] = [];
  let paid = throttled;
  while (!paid && attempts.length < 3) {
    paid = !(fault === 'payment-provider-hangs' && random() < Number(parameters.share));
    attempts.push(
      make(
        'payment-provider',
        paid ? 0.05 : 3.003,
        paid ? { http: { response: { status: 201 } } } : { fault: true, http: {} },
      ),
    );
  }
  const kept = make('DynamoDB', 0.01, dynamodb('PutItem', 'payments'));
  const toPayment: Subsegment = {
    id: newEntityId(random),
    name: 'payment',
    namespace: 'remote',
    start_time: paying,
    end_time: clock,
  };
  const toOrder: Subsegment = {
    id: newEntityId(random),
    name: 'order',
    namespace: 'remote',
    start_time: at + 0.005,
    end_time: clock,
  };
  const failed = throttled || !paid;
  return assembleTrace(id, [
    segment('gateway', undefined, [toOrder], failed),
    segment('order', toOrder, throttled ? [toInventory, put] : [toInventory, put, toPayment], failed),
    segment('inventory', toInventory, inventoryFails ? [] : [stock], inventoryFails),
    ...(throttled ? [] : [segment('payment', toPayment, paid ? [...attempts, kept] : attempts, !paid)]),
  ]);
}

const dynamodb = (operation: string, table: string, throttled = false): Partial<Subsegment> => ({
  namespace: 'aws',
  aws: { operation, table_name: table, region: 'us-east-1', retries: throttled ? 2 : 1 },
  http: { response: { status: throttled ? 400 : 200 } },
  ...(throttled ? { throttle: true, error: true, fault: true } : {}),
});

export const simulateWindow = (count: number, situation: Situation): Trace[] =>
  Array.from({ length: count }, (_, n) => simulateCheckout(START + n / 4, situation));

/** A lab whose clock moves when it is waited for; at busy times four customers a second buy. */
export function simulatedLab(random: Random, options: { faultWorks?: boolean; customers?: boolean } = {}) {
  const { faultWorks = true, customers = true } = options;
  const traces: Trace[] = [];
  const log: string[] = [];
  let clock = START;
  let nonce: string | undefined;
  let situation: { fault?: string; parameters: Record<string, unknown> } = { parameters: {} };
  const lab: LiveLab = {
    async startFault(id, parameters) {
      log.push(`fault ${id}`);
      situation = { parameters, ...(faultWorks ? { fault: id } : {}) };
    },
    async stopFaults() {
      log.push('faults off');
      situation = { parameters: {} };
    },
    async setTraffic(profile) {
      log.push(`traffic ${profile}`);
    },
    async beginWindow(name) {
      nonce = name;
    },
    async endWindow() {
      nonce = undefined;
    },
    reader: memoryXRay(traces),
  };
  return {
    lab,
    log,
    now: () => clock,
    async wait(seconds: number) {
      for (let n = 0; customers && n < seconds * 4; n += 1) {
        traces.push(simulateCheckout(clock + n / 4, { ...situation, random, ...(nonce ? { nonce } : {}) }));
      }
      clock += seconds;
      await Promise.resolve();
    },
  };
}
