import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Lab } from '@xray-lab/labs/kit';
import type { ProgressStep } from '../contract.ts';
import { ProblemError } from '../problem.ts';
import { editsIn, type LabEdits } from './edits.ts';
import { keptEdits, MOST_BYTES, MOST_OF_A_LAB } from './kept-edits.ts';
import { gitUpstream } from './upstream.ts';

const provider = 'services/payment/provider.ts';
const app = 'services/payment/app.ts';
const lab = { id: '02-slow-payment', edits: [provider, app] } as unknown as Lab;
const lines = (...some: string[]) => some.map((line) => `${line}\n`).join('');
const first = lines('one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight');
const edited = first.replace('two', 'two, with a breaker');
const step = (id: string): ProgressStep => ({
  id,
  state: 'passed',
  attempts: 2,
  hintsShown: 1,
  solutionShown: false,
});
const nothing = { score: 0, steps: [] };

describe('the edits of a lab, in a clone of the project', () => {
  let root: string;
  let clock: number;
  let edits: LabEdits;
  const shop = (file = provider) => join(root, 'sample-app', file);
  const read = (file = provider) => readFileSync(shop(file), 'utf8');
  const write = (text: string, file = provider) => writeFileSync(shop(file), text);
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  /** As the next commit of the project. */
  const update = (text: string) => {
    write(text);
    git('commit', '-qam', 'the next version');
  };

  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'edits-'));
    clock = Date.UTC(2026, 11, 1, 9, 30, 5) / 1000;
    mkdirSync(join(root, 'sample-app/services/payment'), { recursive: true });
    write(first);
    write('app\n', app);
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'first');
    edits = editsIn({ home: join(root, '.lab'), sampleApp: join(root, 'sample-app') }, () => clock);
    await edits.begin(lab);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  test('what was edited is said with its size, and nothing else', async () => {
    assert.deepEqual(await edits.state(lab), { edited: [], updated: [], kept: [] });
    write(edited);
    assert.deepEqual((await edits.state(lab)).edited, [{ file: provider, added: 1, removed: 1 }]);
  });

  test('put away, they are in a folder of their own, as a person would look for them', async () => {
    write(edited);
    const { kept, files } = await edits.putAway(lab, 'reset', { score: 55, steps: [step('see')] });
    assert.deepEqual(files, [provider]);
    assert.equal(read(), first);
    assert.deepEqual(kept, {
      lab: lab.id,
      time: '2026-12-01T09-30-05Z',
      at: clock,
      why: 'reset',
      files: [provider],
      score: 55,
      passedSteps: 1,
    });
    const folder = join(root, '.lab/edits', lab.id, '2026-12-01T09-30-05Z');
    assert.equal(readFileSync(join(folder, provider), 'utf8'), edited);
  });

  test('brought back, they are what they were, with the steps that had passed', async () => {
    write(edited);
    await edits.putAway(lab, 'reset', { score: 55, steps: [step('see')] });
    await edits.begin(lab);
    const { steps } = await edits.bringBack(lab, 'latest', nothing);
    assert.equal(read(), edited);
    assert.deepEqual(steps, [step('see')]);
  });

  test('the edits of two files go and come together', async () => {
    write(edited);
    write('another app\n', app);
    await edits.putAway(lab, 'reset', nothing);
    assert.deepEqual([read(), read(app)], [first, 'app\n']);
    await edits.begin(lab);
    await edits.bringBack(lab, '2026-12-01', nothing);
    assert.deepEqual([read(), read(app)], [edited, 'another app\n']);
  });

  test('with nothing edited and nothing passed nothing is kept, with points alone they are', async () => {
    assert.equal((await edits.putAway(lab, 'reset', nothing)).kept, undefined);
    const { kept } = await edits.putAway(lab, 'reset', { score: 20, steps: [step('see')] });
    assert.deepEqual([kept?.files, kept?.score], [[], 20]);
  });

  test('what stands there when edits are brought back is kept, too', async () => {
    write(edited);
    await edits.putAway(lab, 'reset', nothing);
    await edits.begin(lab);
    write(first.replace('seven', 'seven, another idea'));
    clock += 60;
    await edits.bringBack(lab, '2026-12-01T09-30-05Z', nothing);
    assert.equal(read(), edited);
    const { kept } = await edits.state(lab);
    assert.deepEqual(
      kept.map(({ time, why }) => [time, why]),
      [
        ['2026-12-01T09-31-05Z', 'brought-back'],
        ['2026-12-01T09-30-05Z', 'reset'],
      ],
    );
    await edits.bringBack(lab, 'latest', nothing);
    assert.equal(read(), first.replace('seven', 'seven, another idea'));
  });

  test('bringing the same back twice changes nothing and keeps nothing twice', async () => {
    write(edited);
    await edits.putAway(lab, 'reset', nothing);
    await edits.begin(lab);
    await edits.bringBack(lab, 'latest', nothing);
    await edits.bringBack(lab, 'latest', nothing);
    assert.equal(read(), edited);
    assert.equal((await edits.state(lab)).kept.length, 1);
  });

  const next = first.replace('eight', 'eight, better').replace('one\n', 'zero\none\n');
  const updates = [
    { name: 'git checkout and git pull, without the edits', then: () => update(next), lost: true },
    {
      name: 'git stash, git pull, git stash pop',
      then() {
        git('stash', '-q');
        update(next);
        git('stash', 'pop', '-q');
      },
    },
    {
      name: 'an update of the commit only, under the edits',
      then() {
        const mine = read();
        update(next);
        write(mine);
      },
    },
  ];
  for (const { name, then, lost = false } of updates) {
    test(`after ${name} it is said, a reset leaves the new version, and the edits fit into it`, async () => {
      write(edited);
      then();
      assert.deepEqual((await edits.state(lab)).updated, [provider]);
      const { kept, files } = await edits.putAway(lab, 'put-away', nothing);
      assert.equal(read(), next);
      assert.deepEqual([files, kept?.files], lost ? [[], undefined] : [[provider], [provider]]);
      if (lost) return;

      await edits.begin(lab);
      assert.deepEqual((await edits.state(lab)).updated, []);
      await edits.bringBack(lab, 'latest', nothing);
      assert.equal(read(), next.replace('two', 'two, with a breaker'));
      await edits.putAway(lab, 'reset', nothing);
      assert.equal(read(), next, 'a reset of the new version is the new version');
    });
  }

  test('edits that do not fit into the new version are refused, and stay where they are', async () => {
    write(edited);
    await edits.putAway(lab, 'reset', nothing);
    const other = first.replace('two', 'something else altogether').replace('three', 'and here');
    update(other);
    await edits.begin(lab);
    await assert.rejects(edits.bringBack(lab, 'latest', nothing), (error) => {
      assert.ok(error instanceof ProblemError);
      assert.equal(error.status, 409);
      assert.match(error.problem.message, /sample-app\/services\/payment\/provider\.ts was changed since/);
      assert.match(error.problem.remedy!, /edits\/02-slow-payment\/2026-12-01T09-30-05Z\/services/);
      return true;
    });
    assert.equal(read(), other);
  });

  test('an unknown time is refused with those that there are', async () => {
    write(edited);
    await edits.putAway(lab, 'reset', nothing);
    for (const time of ['2025', '../..', '2026-12-01T09-30-05Z/..'])
      await assert.rejects(edits.detail(lab, time), { status: 404 });
    await assert.rejects(edits.detail(lab, '2025'), /There is: 2026-12-01T09-30-05Z/);
  });

  test('a set can be read before it is brought back', async () => {
    write(edited);
    await edits.putAway(lab, 'reset', nothing);
    const { patches } = await edits.detail(lab, 'latest');
    assert.match(patches[0]!.patch, /^--- a\/sample-app\/services\/payment\/provider\.ts/m);
    assert.match(patches[0]!.patch, /^-two\n\+two, with a breaker$/m);
  });

  test('two at the same time are one after the other', async () => {
    write(edited);
    const both = await Promise.all([
      edits.putAway(lab, 'reset', nothing),
      edits.putAway(lab, 'reset', nothing),
    ]);
    assert.deepEqual(
      both.map(({ kept }) => kept?.files),
      [[provider], undefined],
    );
    assert.equal(read(), first);
  });

  test('two sets of one second have two names', async () => {
    for (const idea of ['one idea', 'another', 'a third']) {
      write(idea);
      await edits.putAway(lab, 'reset', nothing);
      await edits.begin(lab);
    }
    assert.deepEqual(
      (await edits.state(lab)).kept.map(({ time }) => time),
      ['2026-12-01T09-30-05Z-3', '2026-12-01T09-30-05Z-2', '2026-12-01T09-30-05Z'],
    );
    assert.equal((await edits.detail(lab, '2026-12-01T09-30-05Z')).time, '2026-12-01T09-30-05Z');
  });

  test('a file that was deleted comes back, and there is nothing of it to keep', async () => {
    rmSync(shop());
    const { kept, files } = await edits.putAway(lab, 'reset', nothing);
    assert.deepEqual([kept, files, read()], [undefined, [provider], first]);
  });

  test('outside of a repository git has nothing to say', async () => {
    rmSync(join(root, '.git'), { recursive: true });
    assert.equal(await gitUpstream(join(root, 'sample-app')).read(provider), undefined);
  });
});

describe('the folder of kept edits', () => {
  let folder: string;
  let clock = 0;
  const set = (id: string, text = 'text') => ({
    lab: id,
    why: 'reset' as const,
    score: 0,
    passedSteps: 0,
    steps: [],
    files: [{ file: provider, text, base: '' }],
  });
  const open = () => keptEdits(folder, () => (clock += 60));
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'kept-')), 'edits');
  });
  afterEach(() => rmSync(join(folder, '..'), { recursive: true, force: true }));

  test('has at most so many sets of a lab: the oldest go', async () => {
    const store = open();
    const first = await store.keep(set('01-one'));
    for (let more = 0; more < MOST_OF_A_LAB; more++) await store.keep(set('02-two'));
    for (let more = 0; more < MOST_OF_A_LAB; more++) await store.keep(set('01-one'));
    assert.equal((await store.list('01-one')).length, MOST_OF_A_LAB);
    assert.equal((await store.list('02-two')).length, MOST_OF_A_LAB);
    assert.equal(existsSync(join(folder, '01-one', first.time)), false);
  });

  test('has at most so many bytes, and never loses the set that was just put there', async () => {
    const store = open();
    for (const name of ['01-one', '02-two', '03-three'])
      await store.keep(set(name, 'x'.repeat(MOST_BYTES / 2)));
    assert.deepEqual(
      (await store.list()).map(({ lab: of }) => of),
      ['03-three'],
    );
    await store.keep(set('04-four', 'x'.repeat(MOST_BYTES + 1)));
    assert.deepEqual(
      (await store.list()).map(({ lab: of }) => of),
      ['04-four'],
    );
  });

  test('what is not a whole set is not one', async () => {
    const store = open();
    await store.keep(set('01-one'));
    mkdirSync(join(folder, '01-one', '2026-01-01T00-00-00Z'), { recursive: true });
    writeFileSync(join(folder, '01-one', 'notes.txt'), 'mine');
    assert.equal((await store.list()).length, 1);
    assert.deepEqual(readdirSync(join(folder, '01-one')).includes('notes.txt'), true);
  });

  test('the newest of each lab survives a clean-up', async () => {
    const store = open();
    await store.keep(set('01-one'));
    const last = await store.keep(set('01-one'));
    const only = await store.keep(set('02-two'));
    const removed = await store.removeOld();
    assert.equal(removed.length, 1);
    assert.ok(removed[0]!.bytes > 4);
    assert.deepEqual(
      (await store.list()).map(({ time }) => time),
      [only.time, last.time],
    );
  });
});
