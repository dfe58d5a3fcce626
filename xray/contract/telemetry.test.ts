import { PutTelemetryRecordsCommand, type TelemetryRecord as Counters } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { accessControl } from '../api/access-control.ts';
import { openIdentityFile } from '../iam/index.ts';
import {
  eventually,
  now,
  onlyLocal,
  runApi,
  runDaemon,
  segment,
  startBackend,
  temporaryFolder,
} from './harness.ts';

// AWS has no operation that shows telemetry.
const skip = onlyLocal;

type TelemetryRecord = Omit<Counters, 'Timestamp'> & { Timestamp: number; Hostname: string };

const { client, endpoint } = await startBackend();

const shown = async (query: string, of = endpoint) => {
  const response = await fetch(`${of}/_lab/telemetry${query}`);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

test('what a daemon told is shown with who told it, and nothing else of the time', { skip }, async () => {
  const Timestamp = Math.floor(now()) - 90;
  const counters = {
    SegmentsReceivedCount: 7,
    SegmentsSentCount: 0,
    SegmentsSpilloverCount: 2,
    SegmentsRejectedCount: 1,
    BackendConnectionErrors: { TimeoutCount: 0, HTTPCode4XXCount: 4 },
  };
  const told = {
    TelemetryRecords: [
      { Timestamp: new Date(Timestamp * 1000), ...counters },
      { Timestamp: new Date((Timestamp + 60) * 1000), SegmentsSentCount: 3 },
    ],
    EC2InstanceId: 'i-1',
    Hostname: 'host-a',
    ResourceARN: '',
  };
  const before = now();
  await client.send(new PutTelemetryRecordsCommand(told));
  await client.send(new PutTelemetryRecordsCommand(told));

  const { status, body } = await shown(`?start=${Timestamp}&end=${Timestamp + 30}`);
  assert.equal(status, 200);
  const [record, ...more] = body['TelemetryRecords'] as Record<string, unknown>[];
  const { ReceivedAt, ...rest } = record!;
  assert.ok((ReceivedAt as number) >= before && (ReceivedAt as number) <= now());
  assert.deepEqual(rest, {
    Timestamp,
    EC2InstanceId: 'i-1',
    Hostname: 'host-a',
    ResourceARN: '',
    ...counters,
  });
  assert.deepEqual(more, [], 'a record that was sent twice is one');
  assert.deepEqual(
    { ...body, TelemetryRecords: undefined },
    {
      StartTime: Timestamp,
      EndTime: Timestamp + 30,
      TelemetryRecords: undefined,
      IsTruncated: false,
    },
  );

  const lastHour = (await shown('')).body['TelemetryRecords'] as { Timestamp: number }[];
  assert.deepEqual(
    lastHour.map((each) => each.Timestamp),
    [Timestamp, Timestamp + 60],
  );
});

test('of more records than fit the newest are shown, and that there are more', { skip }, async () => {
  const start = Math.floor(now()) - 50_000;
  for (let sent = 0; sent < 10_001; sent += 2000) {
    const TelemetryRecords = Array.from({ length: Math.min(2000, 10_001 - sent) }, (_, index) => ({
      Timestamp: new Date((start + sent + index) * 1000),
    }));
    await client.send(new PutTelemetryRecordsCommand({ TelemetryRecords, Hostname: 'flood' }));
  }
  const { body } = await shown(`?start=${start}&end=${start + 20_000}`);
  const records = body['TelemetryRecords'] as { Timestamp: number }[];
  assert.deepEqual([body['IsTruncated'], records.length, records[0]?.Timestamp], [true, 10_000, start + 1]);
});

const refused = [
  { query: '?start=yesterday', says: 'start must be epoch seconds, such as 1700000000.' },
  { query: '?start=1&start=2', says: 'start must be epoch seconds, such as 1700000000.' },
  { query: '?end=', says: 'end must be epoch seconds, such as 1700000000.' },
  { query: '?end=Infinity', says: 'end must be epoch seconds, such as 1700000000.' },
  { query: '?start=10&end=5', says: 'start (10) is after end (5).' },
  {
    query: '?start=0&end=86401',
    says: 'start and end are 86401 s apart: at most 86400 s (24 hours).',
  },
  { query: '?from=1', says: 'from is not known here: give start and end, in epoch seconds.' },
];
for (const { query, says } of refused) {
  test(`${query} is a 400 that says what is allowed`, { skip }, async () => {
    const { status, body } = await shown(query);
    assert.deepEqual([status, body['__type'], body['Message']], [400, 'InvalidRequestException', says]);
  });
}

test('it is shown without a signature where every other call needs one', { skip }, async () => {
  const file = join(temporaryFolder(), 'identities.json');
  writeFileSync(file, JSON.stringify({ identities: [] }));
  const guarded = await startBackend({
    access: accessControl({
      identities: openIdentityFile(file, { onError: (sentence) => assert.fail(sentence) }),
      checksRegion: () => false,
    }),
  });
  assert.equal((await shown('', guarded.endpoint)).status, 200);
  const other = await fetch(`${guarded.endpoint}/TelemetryRecords`, { method: 'POST', body: '{}' });
  assert.equal(other.status, 403);
});

test(
  'a daemon that may only tell of itself shows segments received, none sent, and refusals',
  { skip },
  async () => {
    const home = temporaryFolder();
    const credentials = { AWS_ACCESS_KEY_ID: 'teller', AWS_SECRET_ACCESS_KEY: 'teller-secret' };
    const teller = {
      accessKeyId: credentials.AWS_ACCESS_KEY_ID,
      secretAccessKey: credentials.AWS_SECRET_ACCESS_KEY,
      role: 'teller',
      policies: [
        {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'xray:PutTelemetryRecords', Resource: '*' }],
        },
      ],
    };
    writeFileSync(join(home, 'identities.json'), JSON.stringify({ identities: [teller] }));
    const api = await runApi(':memory:', { LAB_HOME: home, XRAY_AUTH: 'on', ...credentials });
    const daemon = await runDaemon(api.endpoint, { ...credentials, AWS_HOSTNAME: 'host-b' });

    const socket = createSocket('udp4');
    after(() => socket.close());
    socket.send(`{"format": "json", "version": 1}\n${JSON.stringify(segment())}`, daemon.udp, '127.0.0.1');
    await daemon.line(/Sending segment batch failed with: .*StatusCode: 403/);
    // It tells once a minute, and when it stops.
    daemon.process.kill('SIGTERM');
    const record = await eventually('a record', async () => {
      const { body } = await shown('', api.endpoint);
      return (body['TelemetryRecords'] as TelemetryRecord[])[0];
    });
    assert.equal(record.Hostname, 'host-b');
    assert.deepEqual([record.SegmentsReceivedCount, record.SegmentsSentCount], [1, 0]);
    assert.ok(record.BackendConnectionErrors!.HTTPCode4XXCount! > 0);
  },
);
