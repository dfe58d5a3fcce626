import assert from 'node:assert/strict';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { clean } from './clean.ts';
import { keptEdits } from './runs/kept-edits.ts';

describe('a clean-up', () => {
  let home: string;
  const write = (file: string, text: string) => {
    mkdirSync(join(home, file, '..'), { recursive: true });
    writeFileSync(join(home, file), text);
  };
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'clean-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  test('says what it removed and how much, file by file', async () => {
    write('logs/payment.log', 'x'.repeat(30));
    write('logs/payment.log.1', 'x'.repeat(500));
    write('logs/order.log', '');
    assert.deepEqual(await clean(home), {
      removed: [
        { what: 'logs/payment.log', bytes: 30 },
        { what: 'logs/payment.log.1', bytes: 500 },
      ],
      bytes: 530,
    });
    assert.deepEqual(await clean(home), { removed: [], bytes: 0 }, 'and then there is nothing more');
  });

  test('a process that runs goes on writing into its log', async () => {
    write('logs/payment.log', '');
    const descriptor = openSync(join(home, 'logs/payment.log'), 'a');
    writeSync(descriptor, 'before\n');
    await clean(home);
    writeSync(descriptor, 'after\n');
    closeSync(descriptor);
    assert.equal(readFileSync(join(home, 'logs/payment.log'), 'utf8'), 'after\n');
  });

  test('progress, traces, originals and what is not the lab’s are left alone', async () => {
    const files = [
      'progress.sqlite',
      'xray.sqlite',
      'xray.sqlite-wal',
      'pristine/services/payment/provider.ts',
      'pristine.json',
      'identities.json',
      'lab.pid',
      'legacy-database/base/1',
      'logs/notes.txt',
    ];
    for (const file of files) write(file, 'needed');
    await clean(home);
    for (const file of files) assert.equal(readFileSync(join(home, file), 'utf8'), 'needed', file);
  });

  test('of kept edits the newest of each lab stays', async () => {
    let at = 1_796_117_405;
    const store = keptEdits(join(home, 'edits'), () => (at += 60));
    const set = (lab: string) =>
      store.keep({
        lab,
        why: 'reset',
        score: 0,
        passedSteps: 0,
        steps: [],
        files: [{ file: 'a.ts', text: 'a', base: '' }],
      });
    const [old, last, other] = [await set('01-one'), await set('01-one'), await set('02-two')];
    const { removed } = await clean(home);
    assert.deepEqual(
      removed.map(({ what }) => what),
      [`edits/01-one/${old.time}`],
    );
    for (const { lab, time } of [last, other]) assert.ok(existsSync(join(home, 'edits', lab, time, 'a.ts')));
  });

  test('a home that is empty, or not there, is clean', async () => {
    assert.deepEqual(await clean(join(home, 'none')), { removed: [], bytes: 0 });
    assert.deepEqual(await clean(home), { removed: [], bytes: 0 });
  });
});
