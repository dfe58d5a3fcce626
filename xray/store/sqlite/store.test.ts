import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import type { Segment, SegmentDocument } from '../../model/vocabulary.ts';
import { storeLimits } from '../limits.ts';
import type { Store, StoredSamplingRule, TimeRange } from '../store.ts';
import { StoreUnusable } from '../store.ts';
import { openStore } from './index.ts';
import { migrations } from './migrations.ts';

const now = 1_795_000_000;
const folder = mkdtempSync(join(tmpdir(), 'xray-store-'));
after(() => rmSync(folder, { recursive: true }));

let ids = 0;
const newId = () => (++ids).toString(16).padStart(16, '0');
const traceId = (time: number, digits: string) => `1-${time.toString(16)}-${digits.padStart(24, '0')}`;

function segment(members: Partial<Segment> & { trace_id: string }): Segment {
  return { id: newId(), name: 'shop', start_time: now, end_time: now + 1, ...members };
}

const listed = (store: Store, range: TimeRange) =>
  store.traces.list(range, undefined, 1000).map(({ id }) => id);

test('documents of one trace that arrive in two calls are one trace', () => {
  const store = openStore(':memory:');
  const id = traceId(now, 'a');
  store.traces.put([segment({ trace_id: id })], now);
  store.traces.put([segment({ trace_id: id, parent_id: newId() })], now + 1);

  const trace = store.traces.get(id);
  assert.equal(trace?.segments.length, 2);
  assert.equal(trace.revision, 2);
});

test('a trace that was read is assembled anew when another document arrives', () => {
  const store = openStore(':memory:');
  const id = traceId(now, 'a');
  const open = { id: newId(), trace_id: id, name: 'shop', start_time: now, in_progress: true };
  store.traces.put([open], now);
  assert.equal(store.traces.get(id)?.isPartial, true);

  store.traces.put([segment({ trace_id: id, id: open.id })], now);
  assert.equal(store.traces.get(id)?.isPartial, false);
});

test('a trace nobody sent is undefined', () => {
  assert.equal(openStore(':memory:').traces.get(traceId(now, 'f')), undefined);
});

test('what was put is there after the file was closed and opened again', () => {
  const path = join(folder, 'reopened.sqlite');
  const first = openStore(path);
  first.traces.put([segment({ trace_id: traceId(now, 'a') })], now);
  first.samplingRules.set('r', rule('r', 100, now));
  first.close();

  const second = openStore(path);
  assert.equal(second.traces.get(traceId(now, 'a'))?.segments.length, 1);
  assert.equal(second.traces.bytes > 0, true);
  assert.equal(second.samplingRules.lastModification, now);
  second.traces.put([segment({ trace_id: traceId(now, 'b') })], now);
  assert.equal(listed(second, { type: 'TraceId', start: now, end: now + 1 }).length, 2);
  second.close();
});

test('groups, tags, policies and settings are there after the file was closed and opened again', () => {
  const path = join(folder, 'account.sqlite');
  const filters = [
    { expression: 'fault', since: now },
    { expression: 'error', since: now + 1 },
  ];
  const group = { name: 'g', arn: 'arn:g', filters, insightsEnabled: true, notificationsEnabled: false };
  const policy = { name: 'p', document: '{}', revision: 3, updatedAt: now + 0.5 };
  const first = openStore(path);
  first.groups.set(group);
  first.tags.add('arn:g', { b: '2', a: '1' });
  first.resourcePolicies.set(policy);
  first.settings.set('indexing', { desiredSamplingPercentage: 5, changedAt: now });
  first.close();

  const second = openStore(path);
  assert.deepEqual(second.groups.get('g'), group);
  assert.deepEqual(second.tags.list('arn:g'), [
    { key: 'a', value: '1' },
    { key: 'b', value: '2' },
  ]);
  assert.deepEqual(second.resourcePolicies.list(), [policy]);
  assert.deepEqual(second.settings.get('indexing'), { desiredSamplingPercentage: 5, changedAt: now });
  assert.equal(second.settings.get('encryption'), undefined);
  second.close();
});

test('a file of the first schema gets the newer tables and keeps what it had', () => {
  const path = join(folder, 'first-schema.sqlite');
  const old = new DatabaseSync(path);
  old.exec(
    `CREATE TABLE migrations (number INTEGER PRIMARY KEY); ${migrations[0]}; INSERT INTO migrations VALUES (1)`,
  );
  old.prepare('INSERT INTO sampling_rules VALUES (?, ?, ?, ?, ?)').run('r', 1, '{"RuleName":"r"}', now, now);
  old.close();

  const store = openStore(path);
  assert.equal(store.samplingRules.has('r'), true);
  assert.deepEqual(store.groups.list(), []);
  store.close();
});

test('a trace past 500 KB refuses further documents, is marked, and keeps what it had', () => {
  const store = openStore(':memory:');
  const id = traceId(now, 'a');
  const large = () => segment({ trace_id: id, metadata: { text: 'x'.repeat(60_000) } });
  const documents = Array.from({ length: 9 }, large);

  const refused = store.traces.put(documents, now);
  assert.deepEqual(refused, [documents[8]]);
  assert.equal(store.traces.get(id)?.limitExceeded, true);
  assert.equal(store.traces.get(id)?.segments.length, 8);
  assert.equal(store.traces.put([large()], now).length, 1);
});

test('traces are listed newest first, and a position continues without repeating or leaving out a trace', () => {
  const store = openStore(':memory:');
  const wanted = Array.from({ length: 25 }, (_, index) =>
    traceId(now + Math.floor(index / 4), index.toString(16)),
  );
  for (const id of wanted) store.traces.put([segment({ trace_id: id })], now);
  const range = { type: 'TraceId', start: now, end: now + 100 } as const;

  const seen: string[] = [];
  for (let page = store.traces.list(range, undefined, 4); page.length > 0;) {
    seen.push(...page.map(({ id }) => id));
    // A trace listed already gets an earlier segment: it must not come up again.
    store.traces.put([segment({ trace_id: page[0]!.id, start_time: now - 50 })], now);
    page = store.traces.list(range, page.at(-1), 4);
  }
  assert.deepEqual(seen, wanted.toReversed());
});

const ranges = [
  {
    name: 'TraceId: the start of the window is inside',
    type: 'TraceId',
    start: now,
    end: now + 1,
    found: true,
  },
  {
    name: 'TraceId: the end of the window is outside',
    type: 'TraceId',
    start: now - 1,
    end: now,
    found: false,
  },
  {
    name: 'Event: a window in the middle of a long trace finds it',
    type: 'Event',
    start: now + 40,
    end: now + 50,
    found: true,
  },
  {
    name: 'Event: a window after its end does not',
    type: 'Event',
    start: now + 101,
    end: now + 200,
    found: false,
  },
  {
    name: 'Event: a window before its start does not',
    type: 'Event',
    start: now - 10,
    end: now,
    found: false,
  },
] as const;
for (const { name, type, start, end, found } of ranges) {
  test(name, () => {
    const store = openStore(':memory:');
    store.traces.put([segment({ trace_id: traceId(now, 'a'), end_time: now + 100 })], now);
    assert.equal(listed(store, { type, start, end }).length, found ? 1 : 0);
  });
}

test('an id made from a W3C trace id, whose time is random, is listed by the start of its first segment', () => {
  const store = openStore(':memory:');
  const id = '1-1234abcd-000000000000000000000001';
  store.traces.put([segment({ trace_id: id })], now);
  assert.deepEqual(listed(store, { type: 'TraceId', start: now, end: now + 1 }), [id]);
});

test('rules are listed by priority, then by name', () => {
  const store = openStore(':memory:');
  for (const [name, priority] of [
    ['b', 5],
    ['a', 5],
    ['z', 1],
  ] as const) {
    store.samplingRules.set(name, rule(name, priority, now));
  }
  assert.deepEqual(
    store.samplingRules.list().map(({ rule: { RuleName } }) => RuleName),
    ['z', 'a', 'b'],
  );
});

test('deleting a rule is a modification', () => {
  const store = openStore(':memory:');
  store.samplingRules.set('a', rule('a', 1, now));
  store.samplingRules.delete('a', now + 5);
  assert.equal(store.samplingRules.has('a'), false);
  assert.equal(store.samplingRules.lastModification, now + 5);
});

test('reports of all clients are added up per rule and window of 10 seconds', () => {
  const store = openStore(':memory:');
  const report = { ruleName: 'r', requestCount: 10, sampledCount: 2, borrowCount: 1 };
  store.samplingReports.add({ ...report, clientId: 'a', timestamp: now + 1 }, now, now - 30);
  store.samplingReports.add({ ...report, clientId: 'b', timestamp: now + 9 }, now, now - 30);
  store.samplingReports.add({ ...report, clientId: 'a', timestamp: now + 10 }, now, now - 30);
  assert.deepEqual(store.samplingReports.statistics(now - 60), [
    { ruleName: 'r', timestamp: now + 10, requestCount: 10, sampledCount: 2, borrowCount: 1 },
    { ruleName: 'r', timestamp: now, requestCount: 20, sampledCount: 4, borrowCount: 2 },
  ]);
});

test('clients stand in order of arrival, and one that was silent comes back as the last', () => {
  const store = openStore(':memory:');
  const report = (clientId: string, at: number) =>
    store.samplingReports.add(
      { ruleName: 'r', clientId, timestamp: at, requestCount: 1, sampledCount: 0, borrowCount: 0 },
      at,
      at - 30,
    );
  report('b', now);
  report('a', now + 1);
  report('b', now + 20);
  assert.deepEqual(store.samplingReports.activeClients('r', now), ['b', 'a']);
  report('a', now + 60);
  assert.deepEqual(store.samplingReports.activeClients('r', now), ['b', 'a']);
  report('b', now + 70);
  assert.deepEqual(store.samplingReports.activeClients('r', now + 40), ['a', 'b']);
});

test('telemetry is kept, newest first', () => {
  const store = openStore(':memory:');
  const sender = { EC2InstanceId: '', Hostname: 'h', ResourceARN: '' };
  store.telemetry.add([{ receivedAt: now, ...sender, record: { SegmentsSentCount: 1 } }]);
  store.telemetry.add([{ receivedAt: now + 60, ...sender, record: { SegmentsSentCount: 2 } }]);
  assert.deepEqual(store.telemetry.latest(1), [
    { receivedAt: now + 60, ...sender, record: { SegmentsSentCount: 2 } },
  ]);
});

test('telemetry of a time, by what it tells itself: oldest first, one that came twice once', () => {
  const store = openStore(':memory:');
  const sender = { EC2InstanceId: '', Hostname: 'h', ResourceARN: '' };
  const at = (Timestamp: number, Hostname = 'h', receivedAt = now + 300) => ({
    receivedAt,
    ...sender,
    Hostname,
    record: { Timestamp, SegmentsSentCount: 1 },
  });
  store.telemetry.add([at(now + 61), at(now), at(now + 60), at(now + 60, 'other')]);
  store.telemetry.add([at(now + 60, 'h', now + 999)]);

  const told = (limit: number) =>
    store.telemetry
      .between(now, now + 60, limit)
      .map(({ Hostname, receivedAt, record }) => [Hostname, receivedAt, record['Timestamp']]);
  assert.deepEqual(told(10), [
    ['h', now + 300, now],
    ['h', now + 300, now + 60],
    ['other', now + 300, now + 60],
  ]);
  assert.deepEqual(told(1), [['other', now + 300, now + 60]], 'past the limit the oldest are left out');
});

test('retention forgets what is older than the limit, in slices, and says when it is done', () => {
  const store = openStore(':memory:');
  const old: SegmentDocument[] = Array.from({ length: 150 }, (_, index) =>
    segment({ trace_id: traceId(now, index.toString(16)) }),
  );
  store.traces.put(old, now);
  store.traces.put([segment({ trace_id: traceId(now + 100, 'ff') })], now + 100);
  const limits = { before: now + 50, maximumBytes: storeLimits.storeBytes };

  assert.equal(store.forgetSlice(limits), true);
  assert.equal(store.forgetSlice(limits), false);
  assert.deepEqual(listed(store, { type: 'TraceId', start: 0, end: now + 1000 }), [traceId(now + 100, 'ff')]);
  assert.equal(store.traces.get(old[0]!.trace_id), undefined);
});

test('past its size limit the store forgets the oldest traces, and no more than it must', () => {
  const store = openStore(':memory:');
  for (let index = 0; index < 10; index++) {
    store.traces.put(
      [segment({ trace_id: traceId(now + index, 'a'), metadata: { text: 'x'.repeat(1000) } })],
      now,
    );
  }
  const half = store.traces.bytes / 2;
  while (store.forgetSlice({ before: 0, maximumBytes: half }));

  assert.equal(store.traces.bytes <= half, true);
  const left = listed(store, { type: 'TraceId', start: 0, end: now + 1000 });
  assert.equal(left.length, 5);
  assert.equal(left.includes(traceId(now + 9, 'a')), true);
});

const unusable = [
  {
    name: 'a file that is no database',
    make: (path: string) =>
      writeFileSync(path, 'this is not a database, though it is long enough to be one'.repeat(20)),
    says: /notadb\.sqlite cannot be opened: it is not a SQLite file\. Move it away/,
    file: 'notadb.sqlite',
  },
  {
    name: 'a folder where the file should be',
    make: (path: string) => writeFileSync(path, ''),
    says: /afile\/x\.sqlite cannot be opened: .*XRAY_STORE/,
    file: 'afile',
    open: 'afile/x.sqlite',
  },
  {
    name: 'a file written by a newer version',
    make: (path: string) => {
      const database = new DatabaseSync(path);
      database.exec(
        'CREATE TABLE migrations (number INTEGER PRIMARY KEY); INSERT INTO migrations VALUES (999)',
      );
      database.close();
    },
    says: /newer\.sqlite cannot be opened: a newer version of X-Ray Lab wrote it/,
    file: 'newer.sqlite',
  },
  {
    name: 'a file that another store has open',
    make: (path: string) => {
      const store = openStore(path);
      store.traces.put([segment({ trace_id: traceId(now, 'a') })], now);
      after(() => store.close());
    },
    says: /busy\.sqlite cannot be opened: another process is using it/,
    file: 'busy.sqlite',
  },
];
for (const { name, make, says, file, open } of unusable) {
  test(`${name} is refused with a sentence that names the file and the remedy`, () => {
    make(join(folder, file));
    assert.throws(
      () => openStore(join(folder, open ?? file)),
      (error) => error instanceof StoreUnusable && says.test(error.message),
    );
  });
}

function rule(name: string, priority: number, at: number): StoredSamplingRule {
  const matchers = { ServiceName: '*', ServiceType: '*', Host: '*', HTTPMethod: '*', URLPath: '*' };
  return {
    rule: {
      RuleName: name,
      RuleARN: `arn:aws:xray:us-east-1:000000000000:sampling-rule/${name}`,
      ResourceARN: '*',
      Priority: priority,
      FixedRate: 1,
      ReservoirSize: 1,
      ...matchers,
      Version: 1,
      Attributes: {},
    },
    createdAt: at,
    modifiedAt: at,
  };
}
