import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { LabEvents, Refusals, Telemetry } from '../contract.ts';
import { eventually } from '../testing/fake-service.ts';
import { watchPulse, type PulseOptions } from './pulse.ts';
import { refusalsReader } from './refusals.ts';

const refusals = (Count: number): Refusals => ({ Since: 1, Count, Refusals: [] });
const record = (SegmentsRejectedCount?: number) =>
  ({
    Timestamp: 1,
    ...(SegmentsRejectedCount !== undefined && { SegmentsRejectedCount }),
  }) as Telemetry['TelemetryRecords'][number];

/** The first pulses of a watch. */
async function pulses(count: number, options: Partial<PulseOptions>): Promise<LabEvents['xray'][]> {
  const told: LabEvents['xray'][] = [];
  const stop = watchPulse({
    refusals: async () => refusals(0),
    telemetry: async () => ({ StartTime: 0, EndTime: 1, TelemetryRecords: [], IsTruncated: false }),
    wanted: () => true,
    publish: (pulse) => told.push(pulse),
    now: () => 1000,
    intervalMilliseconds: 1,
    ...options,
  });
  await eventually(`${count} pulses`, () => told.length >= count);
  stop();
  return told.slice(0, count);
}

test('an API that answers is told with what it refused, again and again', async () => {
  let count = 0;
  const told = await pulses(3, { refusals: async () => refusals(count++) });
  assert.deepEqual(
    told.map(({ answers, refused }) => [answers, refused]),
    [
      [true, 0],
      [true, 1],
      [true, 2],
    ],
  );
});

test('an API that stops and comes back is told each time, with the reason', async () => {
  const answers = [
    refusals(1),
    new Error('The X-Ray API does not answer (connection refused).'),
    refusals(0),
  ];
  const told = await pulses(3, {
    async refusals() {
      const next = answers.shift() ?? refusals(0);
      if (next instanceof Error) throw next;
      return next;
    },
  });
  assert.deepEqual(
    told.map(({ answers: does, reason }) => [does, reason]),
    [
      [true, undefined],
      [false, 'The X-Ray API does not answer (connection refused).'],
      [true, undefined],
    ],
  );
});

test('what daemons rejected in the last hour is summed, and asked for once in twenty seconds', async () => {
  let asked = 0;
  const windows: unknown[] = [];
  const told = await pulses(4, {
    async telemetry(window) {
      asked += 1;
      windows.push(window);
      return {
        StartTime: 0,
        EndTime: 1,
        TelemetryRecords: [record(2), record(), record(3)],
        IsTruncated: false,
      };
    },
  });
  assert.deepEqual([told.at(-1)?.rejected, asked, windows], [5, 1, [{ start: -2600, end: 1000 }]]);
});

test('when nobody watches, nothing is asked', async () => {
  let asked = 0;
  let looks = 0;
  const stop = watchPulse({
    refusals: async () => (asked++, refusals(0)),
    telemetry: async () => Promise.reject(new Error('never')),
    wanted: () => (looks++, false),
    publish: () => {},
    now: () => 0,
    intervalMilliseconds: 1,
  });
  await eventually('some rounds', () => looks > 3);
  stop();
  assert.equal(asked, 0);
});

test('an API that takes the call and never answers is one that does not answer', async () => {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await assert.rejects(refusalsReader(`http://127.0.0.1:${port}`, 50)(), /does not answer/);
  server.closeAllConnections();
});

test('an X-Ray that is not the lab’s own answers, and shows no refusals', async () => {
  const server = createServer((_request, response) => response.writeHead(404).end('{}')).listen(
    0,
    '127.0.0.1',
  );
  after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  assert.equal((await refusalsReader(`http://127.0.0.1:${port}`)()).Count, 0);
});
