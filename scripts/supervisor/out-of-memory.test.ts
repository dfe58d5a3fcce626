import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { lastWordsIn } from './crash.ts';
import { killedForMemory, memoryKills } from './out-of-memory.ts';

const from = (files: Record<string, string>) => (path: string) => files[path];

const counts = [
  {
    name: 'in a container, its own count and not the machine’s',
    files: {
      '/sys/fs/cgroup/memory.events': 'low 0\nhigh 0\nmax 31\noom 4\noom_kill 2\noom_group_kill 0\n',
      '/proc/vmstat': 'pgfault 12\noom_kill 9\n',
    },
    expected: 2,
  },
  {
    name: 'in a container of the first version',
    files: { '/sys/fs/cgroup/memory/memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n' },
    expected: 3,
  },
  { name: 'on a machine without one', files: { '/proc/vmstat': 'pgfault 12\noom_kill 9\n' }, expected: 9 },
  { name: 'where nobody counts', files: {}, expected: undefined },
];
for (const { name, files, expected } of counts) {
  test(`the system’s count of processes ended for memory: ${name}`, () =>
    assert.equal(memoryKills(from(files)), expected));
}

const limits = [
  {
    files: { '/sys/fs/cgroup/memory.max': '268435456\n' },
    expected: /^out of memory: there is 256 MB for it/,
  },
  { files: { '/sys/fs/cgroup/memory.max': 'max\n' }, expected: /^out of memory\. / },
  {
    files: { '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' },
    expected: /^out of memory\. /,
  },
];
for (const { files, expected } of limits) {
  test(`the limit is told where there is one: ${JSON.stringify(files)}`, () =>
    assert.match(killedForMemory(from(files)), expected));
}

test('a Node whose heap is full says so, and not the line of a stack', () => {
  const { stderr, signal, status } = spawnSync(
    process.execPath,
    [
      '--max-old-space-size=16',
      '-e',
      'const kept = []; for (;;) kept.push(new Array(1000).fill(kept.length));',
    ],
    { encoding: 'utf8' },
  );
  assert.ok(signal === 'SIGABRT' || status === 134, `ended by ${signal}, exit code ${status}`);
  const said = lastWordsIn(stderr.split('\n'), { nameOf: () => undefined });
  assert.match(said?.message ?? '', /JavaScript heap out of memory/);
});
