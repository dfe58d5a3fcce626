import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { writeFile as writeFileOf } from 'node:fs/promises';
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
  /** What the project has for a file, where somebody can tell. */
  let project: Map<string, string>;
  const open = (version = '1', write?: typeof writeFileOf) =>
    pristineFiles(
      join(folder, 'home', 'pristine'),
      join(folder, 'shop'),
      {
        version,
        read: async (name) => (project.has(name) ? Buffer.from(project.get(name)!) : undefined),
      },
      write,
    );
  const shop = (name: string) => join(folder, 'shop', name);
  const read = (name: string) => readFileSync(shop(name), 'utf8');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pristine-'));
    for (const name of [file, other]) {
      mkdirSync(join(shop(name), '..'), { recursive: true });
      writeFileSync(shop(name), `the original of ${name}`);
    }
    project = new Map();
    pristine = open();
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('an edited file is restored, and named', async () => {
    await pristine.keep([file, other]);
    writeFileSync(shop(file), 'edited');
    assert.deepEqual((await pristine.restore([file, other])).files, [file]);
    assert.equal(read(file), `the original of ${file}`);
  });

  test('a file that may not be written is said, with what to do, and its copy is kept', async () => {
    await pristine.keep([file]);
    writeFileSync(shop(file), 'edited');
    const readOnly = open('1', async () => {
      throw Object.assign(new Error('permission denied'), { code: 'EACCES' });
    });
    await assert.rejects(readOnly.restore([file]), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.match(error.problem.message, /not allowed to write sample-app\/services\/payment\/provider\.ts/);
      assert.match(error.problem.remedy!, /git checkout sample-app\/services\/payment\/provider\.ts/);
      return true;
    });
    assert.deepEqual((await pristine.restore([file])).files, [file]);
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
    assert.deepEqual((await pristine.restore([file])).files, []);
    assert.equal(read(file), 'the next version');
  });

  test('the files that are kept are known until they are restored', async () => {
    await pristine.keep([file, other]);
    assert.deepEqual(await pristine.kept(), [other, file].sort());
    writeFileSync(shop(file), 'edited');
    await pristine.restore(await pristine.kept());
    assert.deepEqual(await pristine.kept(), []);
    assert.equal(existsSync(join(folder, 'home', 'pristine.json')), false);
  });

  test('what would be lost is handed over before anything is written', async () => {
    await pristine.keep([file, other]);
    writeFileSync(shop(file), 'edited');
    await assert.rejects(
      pristine.restore([file, other], async ([only, ...more]) => {
        assert.deepEqual([only?.file, only?.present?.toString(), more], [file, 'edited', []]);
        throw new Error('the disk is full');
      }),
      /disk is full/,
    );
    assert.equal(read(file), 'edited');
    assert.deepEqual((await pristine.restore([file])).files, [file]);
  });

  const updates: {
    name: string;
    /** What the project has at the start, and then; absent where nobody can tell. */
    was?: string;
    is?: string;
    /** What is in the shop then. */
    present: string;
    version?: string;
    after: string;
    updated: boolean;
    left?: boolean;
  }[] = [
    { name: 'no update', was: 'one', is: 'one', present: 'edited', after: 'one', updated: false },
    {
      name: 'an update that took the edits away (git checkout, git pull)',
      was: 'one',
      is: 'two',
      present: 'two',
      after: 'two',
      updated: true,
    },
    {
      name: 'an update with the edits on top of it (git stash pop)',
      was: 'one',
      is: 'two',
      present: 'two, edited',
      after: 'two',
      updated: true,
    },
    {
      name: 'an update under the edits',
      was: 'one',
      is: 'two',
      present: 'edited',
      after: 'two',
      updated: true,
    },
    {
      name: 'a start on a file that differed from the project, without an update',
      was: 'another',
      is: 'another',
      present: 'edited',
      after: 'one',
      updated: false,
    },
    {
      name: 'another version, where nobody can tell what the project has',
      present: 'two or edited',
      version: '2',
      after: 'two or edited',
      updated: true,
      left: true,
    },
    { name: 'the same version, where nobody can tell', present: 'edited', after: 'one', updated: false },
    {
      name: 'another version that did not touch the file',
      was: 'one',
      is: 'one',
      present: 'edited',
      version: '2',
      after: 'one',
      updated: false,
    },
  ];
  for (const { name, was, is, present, version, after, updated, left = false } of updates) {
    test(`after ${name} a reset leaves "${after}"`, async () => {
      writeFileSync(shop(file), 'one');
      if (was !== undefined) project.set(file, was);
      await pristine.keep([file]);
      if (is !== undefined) project.set(file, is);
      writeFileSync(shop(file), present);

      const then = open(version);
      assert.equal((await then.look([file]))[0]?.updated, updated);
      const restored = await then.restore([file]);
      assert.equal(read(file), after);
      assert.deepEqual(restored.left, left ? [file] : []);
      writeFileSync(shop(file), 'the next version');
      await then.restore([file]);
      assert.equal(read(file), 'the next version', 'no copy is left');
    });
  }

  test('copies of a lab that was started before origins were remembered are compared with the project', async () => {
    await pristine.keep([file]);
    rmSync(join(folder, 'home', 'pristine.json'));
    project.set(file, 'two');
    writeFileSync(shop(file), 'edited');
    await pristine.restore([file]);
    assert.equal(read(file), 'two');
  });

  test('a file that does not exist is an error that names it', async () => {
    await assert.rejects(pristine.keep(['services/none.ts']), /services\/none\.ts/);
  });
});
