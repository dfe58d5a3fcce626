import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Primitive } from '@xray-lab/sample-app/faults';
import type { LabProcess } from '../contract.ts';
import { processView } from '../../kit/process.fixture.ts';
import { silentProcess } from './silent-process.ts';

const status: Primitive = { kind: 'status', service: 'payment', status: 500, share: 1 };
const cases: { name: string; primitives: Primitive[]; processes: LabProcess[]; silent?: string }[] = [
  { name: 'a running service', primitives: [status], processes: [processView('payment', 'running')] },
  { name: 'a starting service', primitives: [status], processes: [processView('payment', 'starting')] },
  {
    name: 'a stopped service',
    primitives: [status],
    processes: [processView('payment', 'stopped')],
    silent: 'payment',
  },
  {
    name: 'a crashed service',
    primitives: [status],
    processes: [processView('payment', 'crashed')],
    silent: 'payment',
  },
  {
    name: 'another service that is stopped',
    primitives: [status],
    processes: [processView('order', 'stopped')],
  },
  { name: 'a service that no supervisor tells of', primitives: [status], processes: [] },
  {
    name: 'a service that the fault starts itself',
    primitives: [{ kind: 'started', process: 'payment', variables: {} }, status],
    processes: [processView('payment', 'stopped')],
  },
  {
    name: 'a table',
    primitives: [{ kind: 'capacity', table: 'orders', writeUnits: 1 }],
    processes: [processView('dynamodb', 'stopped')],
    silent: 'dynamodb',
  },
  {
    name: 'a client of a closed shop',
    primitives: [{ kind: 'client', sends: 'checkout', perSecond: 1 }],
    processes: [processView('gateway', 'stopped')],
    silent: 'gateway',
  },
  {
    name: 'a process that is to be stopped anyway',
    primitives: [{ kind: 'stopped', process: 'payment' }],
    processes: [processView('payment', 'stopped')],
  },
];
for (const { name, primitives, processes, silent } of cases)
  test(`${name}: ${silent ? `${silent} is missing` : 'nothing is missing'}`, () =>
    assert.equal(silentProcess(primitives, processes)?.name, silent));
