import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { openLogFile } from './log-file.ts';

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'xray-daemon-log-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('lines are added to what the file holds, in folders made for it', (context) => {
  const path = join(folderFor(context), 'a', 'b', 'xray.log');
  openLogFile(path, { rotates: true })('one\n');
  openLogFile(path, { rotates: true })('two\n');
  assert.equal(readFileSync(path, 'utf8'), 'one\ntwo\n');
});

test(
  'the file is for its user alone, also the next one',
  { skip: process.platform === 'win32' ? 'there are no such bits on Windows' : false },
  (context) => {
    const folder = folderFor(context);
    const write = openLogFile(join(folder, 'xray.log'), { rotates: true, rotationSize: 4 });
    for (const line of ['one\n', 'two\n']) write(line);
    const modes = readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777);
    assert.deepEqual(modes, [0o600, 0o600]);
  },
);

test('a full file is put aside under the next number, and only the last one stays', (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'xray.log.old'), 'not ours\n');
  const write = openLogFile(join(folder, 'xray.log'), { rotates: true, rotationSize: 8 });
  for (const line of ['one\n', 'two\n', 'three\n', 'four\n', 'five\n']) write(line);
  assert.deepEqual(readdirSync(folder).sort(), ['xray.log', 'xray.log.2', 'xray.log.old']);
  assert.equal(readFileSync(join(folder, 'xray.log.2'), 'utf8'), 'three\nfour\n');
  assert.equal(readFileSync(join(folder, 'xray.log'), 'utf8'), 'five\n');
});

test('what a file held before counts towards its size', (context) => {
  const folder = folderFor(context);
  writeFileSync(join(folder, 'xray.log'), '12345678');
  openLogFile(join(folder, 'xray.log'), { rotates: true, rotationSize: 8 })('new\n');
  assert.equal(readFileSync(join(folder, 'xray.log.1'), 'utf8'), '12345678');
});

test('without rotation a file grows', (context) => {
  const folder = folderFor(context);
  const write = openLogFile(join(folder, 'xray.log'), { rotates: false, rotationSize: 1 });
  for (const line of ['one\n', 'two\n']) write(line);
  assert.deepEqual(readdirSync(folder), ['xray.log']);
});
