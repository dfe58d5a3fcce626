/** On a full disk nothing counts that was not written, and the learner is told what is wrong. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Primitive } from '@xray-lab/sample-app/faults';
import { storedLeftovers } from '../faults/leftovers.ts';
import { smallLab, testLab, type TestLab } from '../testing/test-lab.ts';
import type { ProgressStore } from './store.ts';
import { progressTrouble } from './trouble.ts';

const PATH = '/home/lab/progress.sqlite';

/** What SQLite throws at a write when there is no room. */
const sqliteFull = () =>
  Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 });

/** A store on a disk that a test can fill. */
function onSmallDisk() {
  const disk = { isFull: false };
  const refuse = () => {
    if (disk.isFull) throw progressTrouble(PATH, sqliteFull());
  };
  const around = (store: ProgressStore): ProgressStore => ({
    ...store,
    put: (...given) => (refuse(), store.put(...given)),
    remove: (...given) => (refuse(), store.remove(...given)),
    clear: (...given) => (refuse(), store.clear(...given)),
  });
  return { disk, around };
}

const full = {
  error: 'disk-full',
  message: `Your progress (${PATH}) cannot be used: the disk is full.`,
  remedy: 'Nothing was changed. Free some space, then try again.',
};

describe('on a full disk', { timeout: 20_000 }, () => {
  let lab: TestLab;
  let disk: { isFull: boolean };
  beforeEach(async () => {
    const small = onSmallDisk();
    disk = small.disk;
    lab = await testLab({
      store: small.around,
      labs: (verdicts) => [{ ...smallLab(verdicts), edits: [] }],
    });
  });
  afterEach(() => lab.close());

  const attempt = async () =>
    (await lab.ask('POST', '/lab/quiz/attempts', { mode: 'facts', seed: 's' })).body;
  const choicesOf = ({ question }: { question: { options: { id: string }[]; choose: number } }) =>
    question.options.slice(0, question.choose).map(({ id }) => id);

  test('an answer to the quiz is refused with what is wrong, and counts when it is given again', async () => {
    const begun = await attempt();
    const answer = () =>
      lab.ask('POST', `/lab/quiz/attempts/${begun.id}/answer`, { choices: choicesOf(begun) });
    disk.isFull = true;
    const refused = await answer();
    assert.deepEqual([refused.status, refused.body], [507, full]);
    assert.equal((await lab.ask('GET', `/lab/quiz/attempts/${begun.id}/report`)).body.answered, 0);
    disk.isFull = false;
    assert.equal((await answer()).status, 200);
    assert.equal((await lab.ask('GET', `/lab/quiz/attempts/${begun.id}/report`)).body.answered, 1);
  });

  test('an attempt that could not be written has not begun', async () => {
    disk.isFull = true;
    const refused = await lab.ask('POST', '/lab/quiz/attempts', { mode: 'facts' });
    assert.deepEqual([refused.status, refused.body], [507, full]);
    assert.deepEqual((await lab.ask('GET', '/lab/quiz/attempts')).body, []);
  });

  test('the quiz does not go on to a question that it would forget', async () => {
    const begun = await attempt();
    await lab.ask('POST', `/lab/quiz/attempts/${begun.id}/answer`, { choices: choicesOf(begun) });
    disk.isFull = true;
    assert.equal((await lab.ask('POST', `/lab/quiz/attempts/${begun.id}/next`)).status, 507);
    assert.equal((await lab.ask('GET', `/lab/quiz/attempts/${begun.id}`)).body.position, 1);
    disk.isFull = false;
    assert.equal((await lab.ask('POST', `/lab/quiz/attempts/${begun.id}/next`)).body.position, 2);
  });

  test('a lab that could not be written has not started: its fault is off again', async () => {
    disk.isFull = true;
    assert.deepEqual((await lab.ask('POST', '/lab/labs/09-small/start')).body, full);
    assert.deepEqual(lab.engine.running(), []);
    assert.equal((await lab.ask('GET', '/lab/labs/09-small')).body.started, false);
    disk.isFull = false;
    assert.equal((await lab.ask('POST', '/lab/labs/09-small/start')).status, 200);
    assert.equal(lab.engine.running().length, 1);
  });

  test('a step that passes is told as passed only when that is written', async () => {
    await lab.ask('POST', '/lab/labs/09-small/start');
    lab.verdicts['see'] = 'pass';
    disk.isFull = true;
    assert.equal((await lab.ask('POST', '/lab/labs/09-small/steps/see/check')).status, 507);
    assert.equal((await lab.ask('GET', '/lab/labs/09-small')).body.steps[0].state, 'waiting');
  });

  test('progress that is taken in is taken in whole or not at all', async () => {
    const begun = await attempt();
    const { body: file } = await lab.ask('GET', '/lab/progress');
    disk.isFull = true;
    assert.equal((await lab.ask('PUT', '/lab/progress', { ...file, quiz: [] })).status, 507);
    assert.equal((await lab.ask('GET', `/lab/quiz/attempts/${begun.id}`)).status, 200);
  });
});

test('what is in force is written at the next chance, when it could not be at the first', () => {
  const stopped: Primitive = { kind: 'stopped', process: 'order' };
  const written: unknown[] = [];
  let isFull = true;
  const put = (...given: unknown[]) => {
    if (isFull) throw sqliteFull();
    written.push(given);
  };
  const leftovers = storedLeftovers({ get: () => undefined, put }, () => 7);
  assert.throws(() => leftovers.keep([stopped], true));
  isFull = false;
  leftovers.keep([stopped], true);
  assert.deepEqual(written, [['setting', 'in-force', { primitives: [stopped], at: 7 }]]);
});
