/** No request of any size keeps others waiting for more than a moment, and one that is refused says why. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, Server, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import pino from 'pino';
import { z } from 'zod';
import { testLab } from '../labs/server/testing/test-lab.ts';
import { createDynamoDB } from '../sample-app/dynamodb/server.ts';
import { parse } from '../sample-app/platform/errors.ts';
import { service } from '../sample-app/platform/server.ts';
import { supervisorServer } from '../scripts/supervisor/server.ts';
import type { Supervisor } from '../scripts/supervisor/supervisor.ts';
import { createApi } from '../xray/api/server.ts';
import { createProxy } from '../xray/daemon/proxy.ts';
import { clientFor, recordingLog } from '../xray/daemon/testing.ts';
import { newEntityId, newTraceId } from '../xray/model/index.ts';
import type { SegmentDocument } from '../xray/model/vocabulary.ts';
import { openStore } from '../xray/store/sqlite/index.ts';
import { assertNobodyWaits } from './flooder.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});

/** Its address. Called in a hook or a test, so that nothing is open where no test is run; closed after all of them. */
async function serve(listener: RequestListener | Server): Promise<string> {
  const server = listener instanceof Server ? listener : createServer(listener);
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const megabyte = 1024 * 1024;
const list = (text: string, number: number) => `[${Array(number).fill(text).join()}]`;
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
const members = (number: number) => Array.from({ length: number }, (_, index) => `"k${index}":1`).join();

const now = () => Date.now() / 1000;
/** A document of some 64 KB. */
const document = (more: object) =>
  JSON.stringify({
    trace_id: newTraceId(now(), Math.random),
    id: newEntityId(Math.random),
    name: 'shop',
    start_time: now() - 2,
    end_time: now() - 1,
    ...more,
  });
const subsegments = (number: number) =>
  Array.from({ length: number }, () => ({
    id: newEntityId(Math.random),
    name: 'x',
    start_time: 1,
    end_time: 2,
  }));

interface Case {
  name: string;
  path: string;
  body: () => string;
  /** Of the answer: status, and what its text says. */
  status: number;
  says: RegExp;
}

const tooMany = /holds more than 50000 values\. Send fewer of them in each call/;
const documents = (...all: string[]) => JSON.stringify({ TraceSegmentDocuments: all });

const ofTheApi: Case[] = [
  {
    name: 'a million objects in place of documents',
    path: '/TraceSegments',
    body: () => `{"TraceSegmentDocuments":${list('{}', 1e6)}}`,
    status: 413,
    says: tooMany,
  },
  {
    name: 'as many objects as are read',
    path: '/TraceSegments',
    body: () => `{"TraceSegmentDocuments":${list('{}', 49_998)}}`,
    status: 400,
    says: /Unexpected type of value at 'traceSegmentDocuments\.1\.member': expected a string/,
  },
  {
    name: '16 MB of objects',
    path: '/TraceSegments',
    body: () => `{"TraceSegmentDocuments":${list('{}', 5.3e6)}}`,
    status: 413,
    says: tooMany,
  },
  {
    name: '400,000 members that no operation knows',
    path: '/GetGroup',
    body: () => `{${members(400_000)}}`,
    status: 413,
    says: tooMany,
  },
  {
    name: 'as many members as are read, with long names',
    path: '/GetGroup',
    body: () => `{${Array.from({ length: 49_000 }, (_, index) => `"${index}${'x'.repeat(300)}":1`).join()}}`,
    status: 400,
    says: /Name the group/,
  },
  {
    name: '6.4 million brackets',
    path: '/TraceSegments',
    body: () => `{"TraceSegmentDocuments":${nested(3.2e6)}}`,
    status: 400,
    says: /SerializationException.*nests deeper than 100 levels\. .* is sent as a text/,
  },
  {
    name: 'a text of 16 MB of escapes',
    path: '/TraceSegments',
    body: () => documents('"'.repeat(7.9 * megabyte)),
    status: 200,
    says: /"ErrorCode":"InvalidSegment"/,
  },
  {
    name: 'documents of a megabyte of small members',
    path: '/TraceSegments',
    body: () => documents(...Array<string>(15).fill(`{"metadata":{"a":${list('{}', 349_000)}}}`)),
    status: 200,
    says: /"ErrorCode":"InvalidSegment"/,
  },
  {
    name: 'documents of 256 KB, which are read for their ids',
    path: '/TraceSegments',
    body: () => documents(...Array.from({ length: 50 }, () => `{"id":"0","a":${list('{}', 85_000)}}`)),
    status: 200,
    says: /"Id":"0","ErrorCode":"InvalidSegment"/,
  },
  {
    name: 'fifty documents of 64 KB of metadata',
    path: '/TraceSegments',
    body: () =>
      documents(
        ...Array.from({ length: 50 }, () => document({ metadata: { a: Array<object>(21_000).fill({}) } })),
      ),
    status: 200,
    says: /"UnprocessedTraceSegments":\[\]/,
  },
  {
    name: 'fifty documents of 64 KB of subsegments',
    path: '/TraceSegments',
    body: () => documents(...Array.from({ length: 50 }, () => document({ subsegments: subsegments(900) }))),
    status: 200,
    says: /"UnprocessedTraceSegments":\[\]/,
  },
  {
    name: 'fifty documents of brackets',
    path: '/TraceSegments',
    body: () => documents(...Array<string>(50).fill(nested(32_000))),
    status: 200,
    says: /"ErrorCode":"ParseError"/,
  },
  {
    name: 'as many records of telemetry as are read',
    path: '/TelemetryRecords',
    body: () =>
      `{"TelemetryRecords":${list('{"Timestamp":1700000000,"SegmentsReceivedCount":1,"BackendConnectionErrors":{"OtherCount":1}}', 9_900)}}`,
    status: 200,
    says: /{}/,
  },
  {
    name: 'a rule of 49,000 attributes',
    path: '/CreateSamplingRule',
    body: () => `{"SamplingRule":{"Attributes":{${members(49_000)}}}}`,
    status: 400,
    says: /'samplingRule\.attributes' failed to satisfy constraint: Member must have length less than or equal to 5/,
  },
  {
    name: 'a group with 24,000 tags',
    path: '/CreateGroup',
    body: () => `{"GroupName":"g","Tags":${list('{"Key":""}', 24_000)}}`,
    status: 400,
    says: /'tags' failed to satisfy constraint: Member must have length less than or equal to 200/,
  },
  {
    name: 'a policy of 10 MB',
    path: '/PutResourcePolicy',
    body: () => JSON.stringify({ PolicyName: 'p', PolicyDocument: `{"Statement":${list('{}', 3.5e6)}}` }),
    status: 400,
    says: /can have 5120 bytes/,
  },
  {
    name: 'a page token of 15 MB',
    path: '/GetSamplingRules',
    body: () => JSON.stringify({ NextToken: Buffer.from(list('0', 5.7e6)).toString('base64url') }),
    status: 400,
    says: /NextToken is not valid/,
  },
  {
    name: 'a filter of 16 MB',
    path: '/TraceSummaries',
    body: () => JSON.stringify({ StartTime: 1, EndTime: 2, FilterExpression: 'fault '.repeat(2.7e6) }),
    status: 400,
    says: /longer than 50000 characters/,
  },
];

const json = { 'content-type': 'application/json' };

describe('the X-Ray API', () => {
  let store: ReturnType<typeof openStore>;
  let url: string;
  let second: { url: string; body: string };
  before(async () => {
    store = openStore(':memory:');
    url = await serve(createApi({ store, now, log: pino({ level: 'silent' }) }));
    second = { url: `${url}/GetSamplingRules`, body: '{}' };
  });
  after(() => store.close());

  for (const { name, path, body, status, says } of ofTheApi) {
    test(`${name}: nobody waits, and the answer is ${status}`, async () => {
      const { answers } = await assertNobodyWaits([{ url: url + path, body: body() }], second);
      assert.equal(answers[0]!.status, status);
      assert.match(answers[0]!.text, says);
    });
  }

  /** Traces of three segments, and one trace of 1,500 services that call each other. */
  const fill = () => {
    const start = Math.floor(now()) - 60;
    const traceId = (number: number) => `1-${start.toString(16)}-${number.toString(16).padStart(24, '0')}`;
    const segment = (number: number, name: string, more: object): SegmentDocument => ({
      ...{
        trace_id: traceId(number),
        id: newEntityId(Math.random),
        name,
        start_time: start,
        end_time: start + 1,
      },
      ...more,
    });
    for (let number = 0; number < 600; number++) {
      const [order, payment] = [newEntityId(Math.random), newEntityId(Math.random)];
      const calls = (id: string, name: string) => ({
        ...{ fault: number % 3 === 0, user: `u${number}`, annotations: { number } },
        subsegments: [
          { id, name, namespace: 'remote', start_time: start, end_time: start + 1, fault: number % 3 === 0 },
        ],
      });
      store.traces.put(
        [
          segment(number, 'gateway', {
            ...calls(order, 'order'),
            http: { request: { url: `http://gateway/${number}` } },
          }),
          segment(number, 'order', { parent_id: order, ...calls(payment, 'payment') }),
          segment(number, 'payment', { parent_id: payment, user: 'x', fault: number % 3 === 0 }),
        ],
        now(),
      );
    }
    for (let number = 600; number < 630; number++) {
      let caller: string | undefined;
      const documents = Array.from({ length: 1500 }, (_, index) => {
        const one = segment(
          number,
          `s${(index * (2 * (number - 600) + 1)) % 1500}`,
          caller === undefined ? {} : { parent_id: caller },
        );
        if (index % 3 === 0) caller = one.id;
        return one;
      });
      store.traces.put(documents, now());
    }
    return {
      StartTime: start - 600,
      EndTime: start + 60,
      ids: Array.from({ length: 30 }, (_, index) => traceId(600 + index)),
    };
  };
  const or = (number: number, term: (index: number) => string) =>
    Array.from({ length: number }, (_, index) => term(index)).join(' OR ');
  const filters = {
    'of annotations': or(1500, (index) => `annotation.number = ${1e6 + index}`),
    'of URLs': or(1500, (index) => `http.url CONTAINS "zz${index}"`),
    'of services': or(1500, (index) => `service("x${index}") { fault }`),
    'of any service': or(1500, (index) => `service() { user = "y${index}" }`),
    'in one block': `service() { ${or(2500, (index) => `user = "y${index}"`)} }`,
    'of edges': or(800, (index) => `edge("gateway", "order") { annotation.number = ${1e6 + index} }`),
    'of root causes': or(1000, (index) => `rootcause.fault.service { name = "y${index}" }`),
    'of the longest way': or(900, (index) => `rootcause.responsetime.entity { name = "y${index}" }`),
  };
  describe('asked about many and large traces', () => {
    let window: ReturnType<typeof fill>;
    before(() => void (window = fill()));
    const ask = async (path: string, input: object) => {
      const { StartTime, EndTime } = window;
      const flood = { url: url + path, body: JSON.stringify({ StartTime, EndTime, ...input }) };
      const { answers } = await assertNobodyWaits([flood], second);
      assert.equal(answers[0]!.status, 200, answers[0]!.text);
      return answers[0]!.text;
    };
    for (const [name, FilterExpression] of Object.entries(filters)) {
      test(`a filter of a thousand terms ${name}: nobody waits`, async () => {
        assert.match(await ask('/TraceSummaries', { FilterExpression }), /^{"TraceSummaries":\[\]/);
      });
    }
    test('a graph of 1,500 services that call each other: nobody waits', async () => {
      await ask('/ServiceGraph', {});
    });
    test('the graph of thirty such traces: nobody waits', async () => {
      const flood = { url: `${url}/TraceGraph`, body: JSON.stringify({ TraceIds: window.ids }) };
      await assertNobodyWaits([flood], second);
    });
    test('such traces in full: nobody waits', async () => {
      const flood = { url: `${url}/Traces`, body: JSON.stringify({ TraceIds: window.ids.slice(0, 5) }) };
      await assertNobodyWaits([flood], second);
    });
    test('summaries and time series of them: nobody waits', async () => {
      await ask('/TraceSummaries', {});
      await ask('/TraceSummaries', { TimeRangeType: 'Event' });
      await ask('/TimeSeriesServiceStatistics', { Period: 1, EntitySelectorExpression: 'edge("s1", "s2")' });
    });
  });

  test('ten large batches at once: nobody waits for more than a turn of them', async () => {
    const large = () =>
      documents(
        ...Array.from({ length: 50 }, () => document({ metadata: { a: Array<object>(21_000).fill({}) } })),
      );
    const floods = Array.from({ length: 10 }, () => ({ url: `${url}/TraceSegments`, body: large() }));
    const { answers } = await assertNobodyWaits(floods, second);
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  });
});

const file = (more: string) => `{"format":"xray-lab-progress","version":1,"exportedAt":1,${more}}`;

const ofTheControlPlane: (Case & { method: string })[] = [
  {
    name: 'progress of 1.7 million empty attempts',
    method: 'PUT',
    path: '/lab/progress',
    body: () => file(`"labs":[],"quiz":${list('{}', 1.7e6)}`),
    status: 400,
    says: /"quiz\.0\.id: is missing: it must be a text\."/,
  },
  {
    name: 'progress of labs with one attempt of 1.7 million parts',
    method: 'PUT',
    path: '/lab/progress',
    body: () => file(`"labs":[],"quiz":[${list('{}', 1.7e6)}]`),
    status: 413,
    says: /"quiz\.0 holds more than 50000 values\."/,
  },
  {
    name: 'progress with 400,000 members that nobody knows',
    method: 'PUT',
    path: '/lab/progress',
    body: () => file(members(400_000)),
    status: 413,
    says: /"The body holds more than 50000 values\."/,
  },
  {
    name: 'progress of brackets',
    method: 'PUT',
    path: '/lab/progress',
    body: () => file(`"labs":[],"quiz":${nested(2.5e6)}`),
    status: 400,
    says: /"quiz\.0 nests deeper than 100 levels\."/,
  },
  {
    name: 'a fault with 49,000 parameters',
    method: 'POST',
    path: '/lab/faults/slow',
    body: () => `{"parameters":{${members(49_000)}}}`,
    status: 413,
    says: /"The body holds more than 2000 values\."/,
  },
  {
    name: 'a fault with as many parameters as are read',
    method: 'POST',
    path: '/lab/faults/slow',
    body: () => `{"parameters":{${members(1_990)}}}`,
    status: 400,
    says: /parameters\.k0: is not known here/,
  },
];

describe('the control plane', () => {
  let lab: Awaited<ReturnType<typeof testLab>>;
  before(async () => void (lab = await testLab()));
  after(() => lab.close());

  for (const { name, method, path, body, status, says } of ofTheControlPlane) {
    test(`${name}: nobody waits, and the answer is ${status}`, async () => {
      const flood = { url: lab.url + path, method, headers: json, body: body() };
      const { answers } = await assertNobodyWaits([flood], { url: `${lab.url}/lab/status` });
      assert.equal(answers[0]!.status, status);
      assert.match(answers[0]!.text, says);
    });
  }

  test('real progress of 4 MB: nobody waits, and it is taken in', async () => {
    const attempt = (number: number) => ({
      id: `q${number}`,
      updatedAt: 1,
      state: {
        ...{
          id: `q${number}`,
          learner: 'x',
          mode: 'facts',
          seed: 's',
          startedAt: number,
          at: 0,
          dropped: [],
        },
        items: Array.from({ length: 65 }, (_, item) => ({
          id: `i${item}`,
          kind: 'fact',
          order: [0, 1, 2, 3],
          verdict: { id: `i${item}`, correct: true, score: 1, why: 'z'.repeat(200) },
        })),
      },
    });
    const quiz = JSON.stringify(Array.from({ length: 200 }, (_, number) => attempt(number)));
    const flood = {
      url: `${lab.url}/lab/progress`,
      method: 'PUT',
      headers: json,
      body: file(`"labs":[],"quiz":${quiz}`),
    };
    const { answers } = await assertNobodyWaits([flood], { url: `${lab.url}/lab/status` });
    assert.equal(answers[0]!.status, 200);
  });
});

test('the supervisor: a body of 16 MB is not read, and nobody waits', async () => {
  const process = { name: 'order', role: '', state: 'running', healthy: true };
  const supervisor = {
    names: ['order'],
    has: () => true,
    view: async () => process,
    viewAll: async () => [process],
  };
  const url = await serve(supervisorServer(supervisor as unknown as Supervisor, 'the-word'));
  for (const body of [`{"variables":{${members(1e6)}}}`, nested(8e6), `{"variables":{${members(4_000)}}}`]) {
    const headers = { ...json, authorization: 'Bearer the-word' };
    const flood = { url: `${url}/processes/order/start`, headers, body };
    const { answers } = await assertNobodyWaits([flood], { url: `${url}/health` });
    // 0: the supervisor closed the connection while the rest of the body was still on its way.
    assert.ok([0, 400, 413].includes(answers[0]!.status), `${answers[0]!.status}`);
  }
});

describe('a service of the shop', () => {
  const order = z.strictObject({
    items: z.array(z.strictObject({ sku: z.string(), quantity: z.number() })).max(20),
  });
  let url: string;
  before(async () => {
    url = await serve(
      service('order', undefined, (app) => {
        app.post('/orders', (request, response) => void response.json(parse(order, request.body)));
      }),
    );
  });
  const cases = [
    {
      name: 'an order of 10,000 empty items',
      path: '/orders',
      method: 'POST',
      body: `{"items":${list('{}', 10_900)}}`,
      status: 400,
    },
    { name: 'an order of brackets', path: '/orders', method: 'POST', body: nested(16_000), status: 400 },
    { name: 'an order of 15 MB', path: '/orders', method: 'POST', body: list('{}', 5e6), status: 413 },
    {
      name: 'a plan of 21,000 empty primitives',
      path: '/_plan',
      method: 'PUT',
      body: `{"revision":1,"primitives":${list('{}', 21_000)}}`,
      status: 400,
    },
  ];
  for (const { name, path, method, body, status } of cases) {
    test(`${name}: nobody waits, and the answer is ${status}`, async () => {
      const { answers } = await assertNobodyWaits([{ url: url + path, method, headers: json, body }], {
        url: `${url}/health`,
      });
      assert.equal(answers[0]!.status, status);
    });
  }
});

describe('DynamoDB', () => {
  let url: string;
  before(async () => void (url = await serve(await createDynamoDB())));
  const headers = (operation: string) => ({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': `DynamoDB_20120810.${operation}`,
    'x-amz-date': '20261122T000000Z',
    authorization:
      'AWS4-HMAC-SHA256 Credential=local/20261122/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
  });
  const put = (more: string) => `{"TableName":"orders","Item":{"orderId":{"S":"a"}${more}}`;
  const cases = [
    {
      name: 'a million empty values',
      body: put(`,"x":{"L":${list('{}', 1e6)}}}`),
      status: 413,
      says: /holds more than 20000 values/,
    },
    {
      name: 'brackets',
      body: put(`,"x":${nested(2e6)}}`),
      status: 413,
      says: /nests deeper than 100 levels/,
    },
    {
      name: 'five megabytes',
      body: put(`,"x":{"S":"${'x'.repeat(5 * megabyte)}"}}`),
      status: 413,
      says: /is larger than 4194304 bytes/,
    },
    {
      name: 'as many values as are read',
      body: put(`,"x":{"L":${list('{"NULL":true}', 9_900)}}}`),
      status: 200,
      says: /{}/,
    },
    {
      name: 'a text of almost 4 MB',
      body: put(`,"x":{"S":"${'x'.repeat(3.9 * megabyte)}"}}`),
      status: 400,
      says: /__type/,
    },
    {
      name: 'a condition of parentheses',
      body: put(`},"ConditionExpression":"${'('.repeat(9)}a = b x"`),
      status: 400,
      says: /parentheses nest deeper/,
    },
  ];
  for (const { name, body, status, says } of cases) {
    test(`an item of ${name}: nobody waits, and the answer is ${status}`, async () => {
      const { answers } = await assertNobodyWaits([{ url, headers: headers('PutItem'), body }], {
        url: `${url}/health`,
      });
      assert.equal(answers[0]!.status, status, answers[0]!.text);
      assert.match(answers[0]!.text, says);
    });
  }
});

test('the daemon’s proxy: a call of 16 MB is signed and passed on, and nobody waits', async () => {
  const client = clientFor(new URL('http://127.0.0.1:9'));
  after(() => client.close());
  const url = await serve(createProxy(client, recordingLog().log, () => {}));
  const body = documents('"'.repeat(7.9 * megabyte));
  const { answers } = await assertNobodyWaits([{ url: `${url}/TraceSegments`, body }], {
    url: `${url}/GetSamplingRules`,
    body: '{}',
  });
  assert.equal(answers[0]!.status, 502);
});
