import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import type { Telemetry } from '../contract.ts';
import { testLab } from '../testing/test-lab.ts';
import { telemetryReader } from './telemetry.ts';

/** An X-Ray API that answers so, and remembers what it was asked. */
async function xrayThatAnswers(status: number, body: object) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  after(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { asked, lab: await labOf(`http://127.0.0.1:${port}`) };
}

async function labOf(endpoint: string) {
  const lab = await testLab({ readTelemetry: telemetryReader(endpoint) });
  after(() => lab.close());
  return lab;
}

test('telemetry is passed on as the X-Ray API tells it, for the time that was asked for', async () => {
  const telemetry: Telemetry = {
    StartTime: 1,
    EndTime: 61.5,
    TelemetryRecords: [
      {
        Timestamp: 60,
        ReceivedAt: 61,
        Hostname: 'xray-daemon',
        EC2InstanceId: '',
        ResourceARN: '',
        SegmentsSentCount: 3,
      },
    ],
    IsTruncated: false,
  };
  const { asked, lab } = await xrayThatAnswers(200, telemetry);
  const { status, body } = await lab.ask('GET', '/lab/telemetry?start=1&end=61.5');
  assert.deepEqual([status, body], [200, telemetry]);
  await lab.ask('GET', '/lab/telemetry');
  assert.deepEqual(asked, ['/_lab/telemetry?start=1&end=61.5', '/_lab/telemetry']);
});

for (const { query, field } of [
  { query: 'start=x', field: 'start' },
  { query: 'start=', field: 'start' },
  { query: 'end=1&end=2', field: 'end' },
  { query: 'minutes=5', field: 'minutes' },
]) {
  test(`${query} is a 400 that names ${field}, and X-Ray is not asked`, async () => {
    const { asked, lab } = await xrayThatAnswers(200, {});
    const { status, body } = await lab.ask('GET', `/lab/telemetry?${query}`);
    assert.deepEqual([status, body.field, asked], [400, field, []]);
  });
}

test('a window that X-Ray refuses is a 400 in X-Ray’s words', async () => {
  const Message = 'start (10) is after end (5).';
  const { lab } = await xrayThatAnswers(400, { __type: 'InvalidRequestException', Message });
  const { status, body } = await lab.ask('GET', '/lab/telemetry?start=10&end=5');
  assert.deepEqual([status, body.message], [400, Message]);
});

test('an X-Ray that shows no telemetry is a 503 that says which variable to look at', async () => {
  const { lab } = await xrayThatAnswers(404, { Message: 'No such operation.' });
  const { status, body } = await lab.ask('GET', '/lab/telemetry');
  assert.equal(status, 503);
  assert.match(body.message, /status 404: No such operation/);
  assert.match(body.remedy, /AWS_ENDPOINT_URL_XRAY/);
});

test('an X-Ray that is away is a 503 with the command that starts it', async () => {
  const { status, body } = await (await labOf('http://127.0.0.1:9')).ask('GET', '/lab/telemetry');
  assert.equal(status, 503);
  assert.match(body.remedy, /start xray-api/);
});
