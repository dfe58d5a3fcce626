import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { ProblemError } from '../problem.ts';
import { pristineFiles, type Pristine } from './pristine.ts';

const file = 'services/payment/provider.ts';
const other = 'services/order/app.ts';

describe('pristine files', () => {
  let folder: string;
  let pristine: Pristine;
  const shop = (name: string) => join(folder, 'shop', name);
  const read = (name: string) => readFileSync(shop(name), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pristine-'));
    for (const name of [file, other]) {
      mkdirSync(join(shop(name), '..'), { recursive: true });
      writeFileSync(shop(name), `the original of ${name}`);
    }
    pristine = pristineFiles(join(folder, 'home', 'pristine'), join(folder, 'shop'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('an edited file is restored, and named', async () => {
    await pristine.keep([file, other]);
    writeFileSync(shop(file), 'edited');
    assert.deepEqual(await pristine.restore([file, other]), [file]);
    assert.equal(read(file), `the original of ${file}`);
  });

  test('a file that may not be written is said, with what to do, and its copy is kept', async () => {
    await pristine.keep([file]);
    writeFileSync(shop(file), 'edited');
    const readOnly = pristineFiles(join(folder, 'home', 'pristine'), join(folder, 'shop'), async () => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    });
    await assert.rejects(readOnly.restore([file]), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.match(error.problem.message, /not allowed to write sample-app\/services\/payment\/provider\.ts/);
      assert.match(error.problem.remedy!, /git checkout sample-app\/services\/payment\/provider\.ts/);
      return true;
    });
    assert.deepEqual(await pristine.restore([file]), [file]);
  });

  test('a file that was deleted comes back', async () => {
    await pristine.keep([file]);
    rmSync(shop(file));
    await pristine.restore([file]);
    assert.equal(read(file), `the original of ${file}`);
  });

  test('a second lab that edits the same file does not take the edited one for the original', async () => {
    await pristine.keep([file]);
    writeFileSync(shop(file), 'edited');
    await pristine.keep([file]);
    await pristine.restore([file]);
    assert.equal(read(file), `the original of ${file}`);
  });

  test('without a lab in progress nothing is restored, so an update of the project stays', async () => {
    await pristine.keep([file]);
    await pristine.restore([file]);
    writeFileSync(shop(file), 'the next version');
    assert.deepEqual(await pristine.restore([file]), []);
    assert.equal(read(file), 'the next version');
  });

  test('all kept files are restored at once, and no copy is left', async () => {
    await pristine.keep([file, other]);
    writeFileSync(shop(file), 'edited');
    writeFileSync(shop(other), 'edited');
    assert.deepEqual((await pristine.restoreAll()).sort(), [other, file].sort());
    assert.equal(existsSync(join(folder, 'home', 'pristine', file)), false);
  });

  test('with nothing kept there is nothing to restore', async () => {
    assert.deepEqual(await pristine.restoreAll(), []);
  });

  test('a file that does not exist is an error that names it', async () => {
    await assert.rejects(pristine.keep(['services/none.ts']), /services\/none\.ts/);
  });
});
