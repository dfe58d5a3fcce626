import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AwsClient, AwsRequest } from './aws-client.ts';
import { Telemetry } from './telemetry.ts';
import { noPause, silent } from './testing.ts';

/** Telemetry towards an API that can be away. */
function setUp() {
  const calls: { TelemetryRecords: Record<string, unknown>[]; Hostname: string }[] = [];
  const api = { isAway: false };
  const clock = { time: 1000.5 };
  const client = {
    endpoint: new URL('http://127.0.0.1'),
    send({ body }: AwsRequest) {
      if (api.isAway) return Promise.reject(new Error('away'));
      calls.push(JSON.parse(body.toString()));
      return Promise.resolve({ status: 200, headers: {}, body: Buffer.alloc(0) });
    },
  } as AwsClient;
  const identity = { EC2InstanceId: '', Hostname: 'laptop', ResourceARN: '' };
  const telemetry = new Telemetry({
    client,
    log: silent,
    now: () => clock.time,
    userAgent: 'x',
    identity,
    pause: noPause,
  });
  return { telemetry, calls, api, clock };
}

test('nothing is reported before the first datagram', async () => {
  const { telemetry, calls } = setUp();
  await telemetry.report();
  assert.deepEqual(calls, []);
});

test('a record holds every counter, and the next one starts from zero', async () => {
  const { telemetry, calls } = setUp();
  telemetry.received();
  telemetry.received();
  telemetry.sent(1);
  telemetry.rejected();
  telemetry.spilled(3);
  telemetry.failed('TimeoutCount');
  await telemetry.report();
  await telemetry.report();

  const noErrors = {
    TimeoutCount: 0,
    ConnectionRefusedCount: 0,
    HTTPCode4XXCount: 0,
    HTTPCode5XXCount: 0,
    UnknownHostCount: 0,
    OtherCount: 0,
  };
  assert.deepEqual(calls[0], {
    EC2InstanceId: '',
    Hostname: 'laptop',
    ResourceARN: '',
    TelemetryRecords: [
      {
        Timestamp: 1000.5,
        SegmentsReceivedCount: 2,
        SegmentsSentCount: 1,
        SegmentsSpilloverCount: 3,
        SegmentsRejectedCount: 1,
        BackendConnectionErrors: { ...noErrors, TimeoutCount: 1 },
      },
    ],
  });
  assert.equal(calls[1]?.TelemetryRecords[0]?.['SegmentsReceivedCount'], 0);
});

test('while X-Ray is away the last thirty records wait, and leave ten at a time', async () => {
  const { telemetry, calls, api, clock } = setUp();
  telemetry.received();
  api.isAway = true;
  for (let minute = 0; minute < 40; minute++) {
    await telemetry.report();
    clock.time++;
  }
  api.isAway = false;
  await telemetry.report();
  assert.deepEqual(
    calls.map(({ TelemetryRecords }) => TelemetryRecords.length),
    [10, 10, 10],
  );
  assert.equal(calls[2]?.TelemetryRecords.at(-1)?.['Timestamp'], 1040.5);
});
