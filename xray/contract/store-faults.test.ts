/** What happens when the disk or the store's file fails: a clear error, never a document lost without a word. */
import { BatchGetTracesCommand, type XRayClient } from '@aws-sdk/client-xray';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  rmdirSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import type { Segment } from '../model/vocabulary.ts';
import { openStore } from '../store/sqlite/index.ts';
import { StoreUnusable } from '../store/store.ts';
import { eventually, onlyLocal, put, runApi, runProgram, segment, temporaryFolder } from './harness.ts';

const skip = onlyLocal;

/** Documents of some kilobytes, so that few of them fill a small disk. */
const bulky = () => segment({ metadata: { default: { basket: 'x'.repeat(4000) } } });

/** The ids of the segments, of those asked for, that reads give back. */
async function readBack(client: XRayClient, wanted: readonly Segment[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let first = 0; first < wanted.length; first += 5) {
    const TraceIds = wanted.slice(first, first + 5).map(({ trace_id: id }) => id);
    const { Traces = [] } = await client.send(new BatchGetTracesCommand({ TraceIds }));
    for (const { Segments } of Traces) for (const { Id } of Segments!) found.add(Id!);
  }
  return found;
}

async function lostOf(client: XRayClient, acknowledged: readonly Segment[]): Promise<string[]> {
  const found = await readBack(client, acknowledged);
  return acknowledged.filter(({ id }) => !found.has(id)).map(({ id }) => id);
}

/** Sends until a call is refused; gives what was acknowledged before, and the refusal. */
async function putUntilRefused(client: XRayClient) {
  const acknowledged: Segment[] = [];
  for (let call = 0; call < 2000; call++) {
    const segments = [bulky(), bulky(), bulky()];
    try {
      const { UnprocessedTraceSegments } = await put(client, ...segments);
      assert.deepEqual(UnprocessedTraceSegments, []);
      acknowledged.push(...segments);
    } catch (error) {
      return { acknowledged, refusal: error as Error & { $metadata: { httpStatusCode?: number } } };
    }
  }
  throw new Error('Nothing was ever refused.');
}

interface SmallDisk {
  name: string;
  /** Says what is wrong in the words of the store. */
  complaint: RegExp;
  start(): Promise<{ path: string; api: Awaited<ReturnType<typeof runApi>>; free(): void }>;
}

/** The limit of the size of files a process may write: works for everybody, and everywhere that has `prlimit`. */
const limitedFiles: SmallDisk = {
  name: 'a disk that takes no more (a limit on the size of files)',
  complaint: /X-Ray's store .*xray\.sqlite failed: (reading or writing it failed|the disk is full)\. /,
  async start() {
    const path = join(temporaryFolder(), 'xray.sqlite');
    const api = await runApi(path);
    const limit = (bytes: string) =>
      execFileSync('prlimit', [`--pid=${api.process.pid}`, `--fsize=${bytes}:unlimited`]);
    limit(String(2 * 1024 ** 2));
    return { path, api, free: () => limit('unlimited') };
  },
};

/** A real file system of four megabytes, where one may be mounted. */
const smallFileSystem: SmallDisk = {
  name: 'a full disk',
  complaint: /X-Ray's store .*xray\.sqlite failed: the disk is full\. Free some space/,
  async start() {
    const folder = mkdtempSync(join(tmpdir(), 'xray-small-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]);
    after(() => {
      execFileSync('umount', ['-l', folder]);
      rmdirSync(folder);
    });
    // 2 MB are left, and later there is room for a log and for what is moved from it into the file.
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(6 * 1024 ** 2));
    const path = join(folder, 'xray.sqlite');
    return { path, api: await runApi(path), free: () => rmSync(ballast) };
  },
};

function canMount(): boolean {
  if (onlyLocal || process.platform !== 'linux') return false;
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', ['-l', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// The first one needs no rights and shows the same facts, so where nothing may be mounted nothing is missing.
const smallDisks = canMount() ? [limitedFiles, smallFileSystem] : [limitedFiles];
const needsLinux = process.platform !== 'linux' && 'needs prlimit, which is part of Linux';

for (const { name, complaint, start } of smallDisks) {
  test(
    `${name}: the call fails, what was acknowledged stays, and it goes on when there is space`,
    {
      skip: skip || needsLinux,
    },
    async () => {
      const { path, api, free } = await start();
      const { acknowledged, refusal } = await putUntilRefused(api.client);

      assert.ok(acknowledged.length > 0);
      assert.equal(refusal.$metadata.httpStatusCode, 503);
      assert.equal(refusal.name, 'ServiceUnavailable');
      assert.match(refusal.message, complaint);
      await api.line(new RegExp(`"level":50.*${complaint.source}`));

      // Reads go on, and nobody's writing gets through by chance and stays without an answer.
      assert.deepEqual(await lostOf(api.client, acknowledged), []);
      await assert.rejects(put(api.client, ...Array.from({ length: 50 }, bulky)), {
        name: 'ServiceUnavailable',
      });

      free();
      const later = segment();
      await put(api.client, later);
      acknowledged.push(later);
      assert.deepEqual(await lostOf(api.client, acknowledged), []);

      api.process.kill('SIGKILL');
      await once(api.process, 'exit');
      const again = await runApi(path);
      assert.deepEqual(await lostOf(again.client, acknowledged), []);
    },
  );

  test(`${name}: the log is not filled with it`, { skip: skip || needsLinux }, async () => {
    const { api } = await start();
    await putUntilRefused(api.client);
    for (let call = 0; call < 20; call++)
      await put(api.client, ...Array.from({ length: 50 }, bulky)).catch(() => 0);
    const complaints = api.lines.filter((line) => complaint.test(line));
    assert.ok(complaints.length >= 1 && complaints.length <= 4, `${complaints.length} lines`);
  });
}

for (const [name, deleted] of [
  ['the file', ''],
  ['its write-ahead log', '-wal'],
] as const) {
  test(`${name} deleted under a running API: from then on no call is acknowledged`, { skip }, async () => {
    const path = join(temporaryFolder(), 'xray.sqlite');
    const api = await runApi(path);
    await put(api.client, segment());
    rmSync(`${path}${deleted}`);
    await assert.rejects(put(api.client, segment()), {
      name: 'ServiceUnavailable',
      message: `X-Ray's store ${path}${deleted} was deleted while X-Ray was using it, so nothing can be kept any more. Start X-Ray again: it makes a new file.`,
    });
  });
}

test(
  'a file that another process uses ends the second API with one sentence, and the first goes on',
  { skip },
  async () => {
    const path = join(temporaryFolder(), 'xray.sqlite');
    const first = await runApi(path);
    const second = runProgram('../api/main.ts', [], { PORT: '0', XRAY_STORE: path });
    const [code] = await once(second.process, 'close');
    assert.equal(code, 1);
    assert.deepEqual(second.lines, [
      `xray-api: X-Ray's store ${path} cannot be opened: another process is using it. Stop that one, or give this one its own file in XRAY_STORE.`,
    ]);
    const sent = segment();
    await put(first.client, sent);
    assert.deepEqual(await lostOf(first.client, [sent]), []);
  },
);

const originals = temporaryFolder();
let original: { path: string; segments: Segment[] } | undefined;

/** A store with a few hundred traces, closed. */
function copyOfStore(): { path: string; segments: Segment[] } {
  original ??= closedStore(join(originals, 'xray.sqlite'));
  const path = join(temporaryFolder(), 'xray.sqlite');
  copyFileSync(original.path, path);
  return { path, segments: original.segments };
}

function closedStore(path: string): { path: string; segments: Segment[] } {
  const segments = Array.from({ length: 600 }, bulky);
  const store = openStore(path);
  for (let first = 0; first < segments.length; first += 50) {
    store.traces.put(segments.slice(first, first + 50), Date.now() / 1000);
  }
  store.close();
  return { path, segments };
}

function overwrite(path: string, at: number, bytes: Buffer): void {
  const file = openSync(path, 'r+');
  writeSync(file, bytes, 0, bytes.length, at);
  closeSync(file);
}

const pageBytes = 4096;
const noise = (bytes: number) =>
  Buffer.from(Array.from({ length: bytes }, (_, index) => (index * 151 + 89) % 256));

const damages: { name: string; damage(path: string): void }[] = [
  { name: 'its header overwritten', damage: (path) => overwrite(path, 0, noise(100)) },
  {
    name: 'its first page overwritten behind the header',
    damage: (path) => overwrite(path, 100, noise(3996)),
  },
  {
    name: 'a page in its middle overwritten',
    damage: (path) =>
      overwrite(path, Math.floor(statSync(path).size / pageBytes / 2) * pageBytes, noise(pageBytes)),
  },
  {
    name: 'every third page overwritten',
    damage: (path) => {
      const pages = statSync(path).size / pageBytes;
      for (let page = 2; page < pages; page += 3) overwrite(path, page * pageBytes, noise(pageBytes));
    },
  },
  {
    name: 'its second half cut off',
    damage: (path) => truncateSync(path, Math.floor(statSync(path).size / 2)),
  },
  { name: 'all but its header cut off', damage: (path) => truncateSync(path, 100) },
  { name: 'all of it replaced by text', damage: (path) => writeFileSync(path, 'no database '.repeat(5000)) },
];

for (const { name, damage } of damages) {
  test(
    `a file with ${name}: a sentence at the start or at the call, never fewer traces without a word`,
    { skip },
    async () => {
      const { path, segments } = copyOfStore();
      damage(path);
      const api = runProgram('../api/main.ts', [], { PORT: '0', XRAY_STORE: path });
      const ready = await eventually('an end or a start', () => {
        if (api.process.exitCode !== null) return { port: undefined };
        for (const line of api.lines) {
          const match = /"port":(\d+).*"msg":"listening"/.exec(line);
          if (match) return { port: match[1] };
        }
        return undefined;
      });
      if (ready.port === undefined) {
        assert.equal(api.process.exitCode, 1);
        await eventually('a last word', () => api.lines[0]);
        assert.equal(api.lines.length, 1, api.lines.join('\n'));
        assert.ok(api.lines[0]!.startsWith(`xray-api: X-Ray's store ${path} cannot be opened: it is `));
        assert.match(
          api.lines[0]!,
          /Move it away \(a new one is made at the next start\), or name another file in XRAY_STORE\.$/,
        );
        return;
      }

      // It could start: then each trace is there, or the call that asks for it fails and says why.
      let complaints = 0;
      for (const { trace_id: id, id: segmentId } of segments) {
        const response: Response = await fetch(`http://127.0.0.1:${ready.port}/Traces`, {
          method: 'POST',
          body: JSON.stringify({ TraceIds: [id] }),
        });
        const answer = (await response.json()) as {
          Traces?: { Segments: { Id: string }[] }[];
          Message?: string;
        };
        if (response.status === 503) {
          complaints++;
          assert.ok(answer.Message!.startsWith(`X-Ray's store ${path} `), answer.Message);
          assert.match(answer.Message!, /damaged.*Move it away/);
        } else {
          assert.equal(response.status, 200);
          assert.equal(answer.Traces?.[0]?.Segments[0]?.Id, segmentId);
        }
      }
      assert.ok(complaints > 0, 'the damage was never noticed');
    },
  );
}

test(
  'a file that was emptied, or taken away from its log, is begun anew, and the API says so',
  { skip },
  async () => {
    const { path } = copyOfStore();
    truncateSync(path, 0);
    const api = await runApi(path);
    await api.line(/"level":40.*xray\.sqlite was empty or missing: what it held is lost/);

    const killed = await killedStore();
    rmSync(killed.path);
    const again = await runApi(killed.path);
    await again.line(/"level":40.*xray\.sqlite was empty or missing: what it held is lost/);
  },
);

test('a new file is begun without a word', { skip }, () => {
  const notices: string[] = [];
  openStore(join(temporaryFolder(), 'xray.sqlite'), (notice) => notices.push(notice)).close();
  assert.deepEqual(notices, []);
});

/** The pages that hold documents, which are most of a store. */
function documentPages(path: string): number[] {
  const bytes = readFileSync(path);
  const isOfDocuments = (page: number) =>
    bytes.subarray(page * pageBytes, (page + 1) * pageBytes).includes('x'.repeat(400));
  return Array.from({ length: bytes.length / pageBytes }, (_, page) => page).filter(isOfDocuments);
}

test('a start reads no document: however many there are, it takes no longer for them', { skip }, () => {
  const { path, segments } = copyOfStore();
  const pages = documentPages(path);
  assert.ok(pages.length >= segments.length / 2);
  // If one of these pages were read, the start would fail.
  for (const page of pages) overwrite(path, page * pageBytes, noise(pageBytes));
  const store = openStore(path);
  assert.throws(() => store.traces.get(segments[0]!.trace_id));
  store.close();
});

test(
  'a document whose text was overwritten is an error that says so, not a trace without it',
  { skip },
  () => {
    const { path, segments } = copyOfStore();
    const bytes = readFileSync(path);
    const { id, trace_id: traceId } = segments[300]!;
    const at = bytes.indexOf(`"id":"${id}"`);
    assert.ok(at > 0);
    overwrite(path, at, Buffer.from('*'.repeat(10)));
    const store = openStore(path);
    assert.throws(() => store.traces.get(traceId), {
      message: `X-Ray's store ${path} holds text that is no JSON: it is damaged. Move it away (a new one is made at the next start), or name another file in XRAY_STORE.`,
    });
    store.close();
  },
);

/** A store with documents in its write-ahead log only, as `kill -9` leaves it. */
async function killedStore(): Promise<{ path: string; segments: Segment[] }> {
  const path = join(temporaryFolder(), 'xray.sqlite');
  const api = await runApi(path);
  const segments = Array.from({ length: 100 }, bulky);
  for (const each of segments) await put(api.client, each);
  api.process.kill('SIGKILL');
  await once(api.process, 'exit');
  return { path, segments };
}

const logDamages: { name: string; damage(log: string): void }[] = [
  { name: 'in its middle', damage: (log) => overwrite(log, Math.floor(statSync(log).size / 2), noise(100)) },
  { name: 'at its beginning', damage: (log) => overwrite(log, 0, noise(32)) },
];

for (const { name, damage } of logDamages) {
  test(
    `a write-ahead log damaged ${name}: the API says what is lost, and keeps a copy`,
    { skip },
    async () => {
      const { path, segments } = await killedStore();
      const log = `${path}-wal`;
      damage(log);
      const damaged = readFileSync(log);
      const api = await runApi(path);
      const [, pages, lost] = await api.line(
        /"level":40.*was damaged: of the last (\d+) pages written to .*xray\.sqlite-wal before the stop, (\d+) cannot be read/,
      );
      assert.ok(Number(lost) > 0 && Number(lost) <= Number(pages));
      assert.ok(readFileSync(`${log}.damaged`).equals(damaged));

      const missing = await lostOf(api.client, segments);
      assert.ok(missing.length > 0, 'nothing was lost, so nothing was tested');
      const later = segment();
      await put(api.client, later);
      assert.deepEqual(await lostOf(api.client, [later]), []);
    },
  );
}

test(
  'a whole write-ahead log, and one whose last page was cut short, are taken without a word',
  { skip },
  async () => {
    const { path, segments } = await killedStore();
    const log = `${path}-wal`;
    writeFileSync(log, Buffer.concat([readFileSync(log), noise(1000)]));
    const notices: string[] = [];
    const store = openStore(path, (notice) => notices.push(notice));
    assert.equal(
      segments.every(({ trace_id: id }) => store.traces.get(id)),
      true,
    );
    store.close();
    assert.deepEqual(notices, []);
  },
);

test('a folder that may not be written ends with one sentence', { skip }, () => {
  const outer = temporaryFolder();
  chmodSync(outer, 0o755);
  const folder = join(outer, 'closed');
  mkdirSync(folder, { mode: 0o555 });
  const path = join(folder, 'xray.sqlite');
  const message = `X-Ray's store ${path} cannot be opened: its folder may not be written, or the path is a folder. Change permissions, or name another file in XRAY_STORE.`;
  asNobody(() => assert.throws(() => openStore(path), { message }));
  assert.equal(existsSync(path), false);
});

test('a file that may not be written ends with one sentence', { skip }, () => {
  const { path } = copyOfStore();
  chmodSync(dirname(path), 0o777);
  chmodSync(path, 0o444);
  const message = `X-Ray's store ${path} cannot be opened: it may not be written. Change its permissions, or name another file in XRAY_STORE.`;
  asNobody(() => assert.throws(() => openStore(path), { message }));
});

test('a path below a file ends with one sentence', { skip }, () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  assert.throws(() => openStore(join(file, 'xray.sqlite')), StoreUnusable);
});

/** Root may write everywhere, so for these facts it is somebody else. */
function asNobody(work: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid!(65_534);
  try {
    work();
  } finally {
    if (isRoot) process.seteuid!(0);
  }
}
