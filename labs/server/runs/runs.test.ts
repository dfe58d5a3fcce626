import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { ProblemError } from '../problem.ts';
import { eventually } from '../testing/fake-service.ts';
import { smallLab, testLab, type TestLab } from '../testing/test-lab.ts';
import { createLabRuns } from './runs.ts';

describe('a run of a lab', () => {
  let lab: TestLab;
  const provider = () => join(lab.sampleApp, 'services/payment/provider.ts');
  const step = (id: string) => lab.runs.view('09-small').steps.find((one) => one.id === id)!;

  beforeEach(async () => {
    lab = await testLab();
    mkdirSync(dirname(provider()), { recursive: true });
    writeFileSync(provider(), 'the original');
  });
  afterEach(() => lab.close());

  test('before the start there is no nonce, no score, and every step waits', () => {
    const run = lab.runs.view('09-small');
    assert.deepEqual([run.started, run.nonce, run.score], [false, undefined, 0]);
    assert.deepEqual(
      run.steps.map(({ state }) => state),
      ['waiting', 'waiting', 'waiting'],
    );
    assert.equal(lab.runs.active(), undefined);
  });

  test('a start switches the lab’s fault on, hidden, and its traffic, and gives a nonce', async () => {
    const run = await lab.runs.start('09-small');
    assert.equal(run.nonce, 'r-1');
    assert.deepEqual(lab.payment.plan().primitives, [{ kind: 'hang', service: 'payment', share: 0.5 }]);
    assert.doesNotMatch(JSON.stringify(lab.engine.active()), /slow/);
    assert.equal((await lab.ask('GET', '/lab/traffic')).body.profile, 'busy');
    assert.equal(lab.runs.active()?.nonce, 'r-1');
  });

  test('a second start is a new run: new nonce, steps forgotten, files as they were', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    writeFileSync(provider(), 'edited');
    const run = await lab.runs.start('09-small');
    assert.deepEqual([run.nonce, run.score], ['r-2', 0]);
    assert.equal(readFileSync(provider(), 'utf8'), 'the original');
  });

  test('a reset switches off, restores and forgets', async () => {
    await lab.runs.start('09-small');
    writeFileSync(provider(), 'edited');
    const run = await lab.runs.reset('09-small');
    assert.equal(run.started, false);
    assert.equal(readFileSync(provider(), 'utf8'), 'the original');
    assert.deepEqual(lab.payment.plan().primitives, []);
    assert.equal((await lab.ask('GET', '/lab/traffic')).body.profile, 'calm');
    assert.equal(lab.runs.active(), undefined);
  });

  test('edits and points are kept by a start and by a reset, and come back with the run that is there then', async () => {
    lab.verdicts['see'] = 'pass';
    const kept = [];
    for (const again of [lab.runs.start, lab.runs.reset] as const) {
      await lab.runs.start('09-small');
      await lab.runs.check('09-small', 'see');
      writeFileSync(provider(), `for ${again.name}`);
      const { putAway, score } = await again('09-small');
      kept.push([putAway?.why, putAway?.score, putAway?.passedSteps, putAway?.files, score]);
    }
    assert.deepEqual(kept, [
      ['started-again', 50, 1, ['services/payment/provider.ts'], 0],
      ['reset', 50, 1, ['services/payment/provider.ts'], 0],
    ]);

    const times = (await lab.runs.edits('09-small')).kept.map(({ time }) => time);
    const run = await lab.runs.bringBack('09-small', times[0]!);
    assert.deepEqual(
      [run.started, run.score, step('see').state, step('see').attempts],
      [true, 50, 'passed', 1],
    );
    assert.equal(readFileSync(provider(), 'utf8'), 'for reset');
    assert.equal(lab.codeRun.at(-1)?.code, 'for reset', 'payment runs it');
    assert.equal(lab.payment.plan().primitives.length, 1, 'and the fault is on');

    await lab.runs.check('09-small', 'count', 3);
    assert.equal((await lab.runs.bringBack('09-small', times[1]!)).score, 50);
    assert.deepEqual([readFileSync(provider(), 'utf8'), step('count').attempts], ['for start', 1]);
  });

  test('edits that are put away leave the run and its points alone', async () => {
    lab.verdicts['see'] = 'pass';
    const { nonce } = await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    writeFileSync(provider(), 'edited');
    const run = await lab.runs.putAway('09-small');
    assert.deepEqual([run.nonce, run.score, run.putAway?.files.length], [nonce, 50, 1]);
    assert.equal(readFileSync(provider(), 'utf8'), 'the original');
    writeFileSync(provider(), 'edited again');
    assert.equal((await lab.runs.edits('09-small')).edited.length, 1, 'its original is still known');
  });

  test('an update of the project in the middle of a lab is told, and a reset does not undo it', async () => {
    lab.project.set('services/payment/provider.ts', Buffer.from('the original'));
    await lab.runs.start('09-small');
    lab.project.set('services/payment/provider.ts', Buffer.from('the next version'));
    writeFileSync(provider(), 'the next version, edited');
    assert.deepEqual((await lab.runs.edits('09-small')).updated, ['services/payment/provider.ts']);
    await lab.runs.reset('09-small');
    assert.equal(readFileSync(provider(), 'utf8'), 'the next version');
  });

  test('a set of another lab, or one that does not exist, starts no run', async () => {
    await assert.rejects(lab.runs.bringBack('09-small', 'latest'), { status: 404 });
    assert.equal(lab.runs.view('09-small').started, false);
  });

  test('edits over HTTP: their state, one set, away and back', async () => {
    await lab.ask('POST', '/lab/labs/09-small/start');
    writeFileSync(provider(), 'edited');
    const path = '/lab/labs/09-small/edits';
    assert.equal((await lab.ask('GET', path)).body.edited[0].file, 'services/payment/provider.ts');
    const away = (await lab.ask('POST', `${path}/away`)).body.putAway;
    assert.match((await lab.ask('GET', `${path}/${away.time}`)).body.patches[0].patch, /^\+edited$/m);
    assert.equal((await lab.ask('POST', `${path}/latest/back`)).status, 200);
    assert.equal(readFileSync(provider(), 'utf8'), 'edited');
    assert.equal((await lab.ask('GET', '/lab/labs/nowhere/edits')).status, 404);
    assert.equal((await lab.ask('POST', `${path}/2001/back`)).status, 404);
  });

  test('the services run the restored code before a run has its nonce, is reset, or all is forgotten', async () => {
    await lab.runs.start('09-small');
    for (const again of [lab.runs.start, lab.runs.reset] as const) {
      writeFileSync(provider(), 'edited');
      await again('09-small');
    }
    await lab.runs.start('09-small');
    writeFileSync(provider(), 'edited');
    await lab.runs.forget();
    assert.ok(lab.codeRun.length >= 5);
    assert.deepEqual([...new Set(lab.codeRun.map(({ code }) => code))], ['the original']);
    assert.equal(lab.codeRun[0]?.nonce, undefined);
  });

  test('a step that passes gives its points', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    const result = await lab.runs.check('09-small', 'see');
    assert.equal(result.verdict, 'pass');
    assert.equal(result.checkedAt, lab.clock.now);
    assert.equal(lab.runs.view('09-small').score, 50);
    assert.deepEqual([step('see').state, step('see').attempts], ['passed', 1]);
  });

  test('a step that does not pass counts an attempt', async () => {
    await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    await lab.runs.check('09-small', 'see');
    assert.deepEqual([step('see').state, step('see').attempts], ['not-yet', 2]);
    assert.equal(step('see').last?.why, 'It is not there.');
  });

  test('what could not be checked costs no attempt and names the command that helps', async () => {
    lab.verdicts['see'] = 'cannot-tell';
    await lab.runs.start('09-small');
    const result = await lab.runs.check('09-small', 'see');
    assert.equal(result.remedy, 'npm run lab -- send');
    assert.deepEqual([step('see').state, step('see').attempts], ['could-not-check', 0]);
  });

  test('a step that has passed stays passed', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    lab.verdicts['see'] = 'fail';
    assert.equal((await lab.runs.check('09-small', 'see')).verdict, 'fail');
    assert.equal(step('see').state, 'passed');
    assert.equal(step('see').last?.verdict, 'pass');
  });

  const meanwhile = [
    { name: 'started again', act: () => lab.runs.start('09-small') },
    { name: 'reset', act: () => lab.runs.reset('09-small') },
    {
      name: 'started again and reset',
      act: () => lab.runs.start('09-small').then(() => lab.runs.reset('09-small')),
    },
  ];
  for (const { name, act } of meanwhile) {
    test(`a run that was ${name} during a check gets nothing from it`, async () => {
      let look: (verdict: 'pass') => void = () => {};
      lab.verdicts['see'] = new Promise<'pass'>((resolve) => (look = resolve));
      await lab.runs.start('09-small');
      const checked = lab.runs.check('09-small', 'see').catch((error: ProblemError) => error.status);
      const rechecked = lab.runs.recheck();
      await act();
      look('pass');
      await rechecked;
      assert.notEqual(typeof (await checked), 'object');
      assert.deepEqual([step('see').state, step('see').attempts], ['waiting', 0]);
      assert.equal(lab.runs.view('09-small').score, 0);
    });
  }

  test('hints come one by one and end', async () => {
    assert.deepEqual(lab.runs.hint('09-small', 'see').steps[0]?.hints, ['one']);
    lab.runs.hint('09-small', 'see');
    assert.deepEqual(lab.runs.hint('09-small', 'see').steps[0]?.hints, ['one', 'two', 'three']);
    assert.deepEqual(lab.runs.hint('09-small', 'see').steps[0]?.hints, ['one', 'two', 'three']);
  });

  test('a step whose solution was shown passes and gives no points', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    const { solution, step: after } = lab.runs.solution('09-small', 'see');
    assert.deepEqual([solution, after.solutionShown, after.earned], ['Look.', true, 0]);
    await lab.runs.check('09-small', 'see');
    assert.deepEqual(
      [step('see').state, step('see').earned, lab.runs.view('09-small').score],
      ['passed', 0, 0],
    );
    const [listed] = lab.runs.list();
    assert.deepEqual([listed?.score, listed?.passedSteps], [0, 1]);
  });

  test('who has passed a step may look at its solution and keeps the points', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    assert.equal(lab.runs.solution('09-small', 'see').step.solutionShown, false);
    assert.deepEqual([step('see').earned, lab.runs.view('09-small').score], [50, 50]);
  });

  test('the solution of one step costs the points of that step only, and hints cost nothing', async () => {
    lab.verdicts['see'] = lab.verdicts['count'] = 'pass';
    await lab.runs.start('09-small');
    for (let hint = 0; hint < 3; hint += 1) lab.runs.hint('09-small', 'see');
    lab.runs.solution('09-small', 'count');
    await lab.runs.check('09-small', 'see');
    await lab.runs.check('09-small', 'count', 3);
    assert.deepEqual([step('see').earned, step('count').earned], [50, 0]);
  });

  test('a step that passes by itself after its solution was shown gives no points either', async () => {
    await lab.runs.start('09-small');
    lab.runs.solution('09-small', 'see');
    lab.verdicts['see'] = 'pass';
    await lab.runs.recheck();
    assert.deepEqual([step('see').state, step('see').earned], ['passed', 0]);
  });

  test('a new run forgets that a solution was shown', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    lab.runs.solution('09-small', 'see');
    await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    assert.equal(step('see').earned, 50);
  });

  test('a step that is skipped gives no points, is marked, and lets the next one be looked at', async () => {
    lab.verdicts['see'] = lab.verdicts['count'] = 'pass';
    await lab.runs.start('09-small');
    const skipped = lab.runs.skip('09-small', 'see');
    assert.deepEqual([skipped.score, step('see').state, step('see').earned], [0, 'skipped', 0]);
    await lab.runs.recheck();
    assert.equal(step('see').state, 'skipped');
    await lab.runs.check('09-small', 'see');
    assert.deepEqual([step('see').state, step('see').earned], ['passed', 50]);
  });

  test('a step that has passed can not be skipped', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    assert.equal(lab.runs.skip('09-small', 'see').score, 50);
    assert.equal(
      (await lab.ask('POST', '/lab/labs/09-small/steps/count/skip', {})).body.steps[1].state,
      'skipped',
    );
    const { body: file } = await lab.ask('GET', '/lab/progress');
    assert.equal((await lab.ask('PUT', '/lab/progress', file)).status, 200);
    assert.equal(step('count').state, 'skipped');
  });

  test('before the start there is no solution, which would be free', () => {
    assert.throws(
      () => lab.runs.solution('09-small', 'see'),
      (error: ProblemError) => error.status === 409 && /has not been started/.test(error.message),
    );
  });

  test('progress that is carried to another machine keeps what was earned', async () => {
    lab.verdicts['see'] = lab.verdicts['count'] = 'pass';
    await lab.runs.start('09-small');
    lab.runs.solution('09-small', 'see');
    await lab.runs.check('09-small', 'see');
    await lab.runs.check('09-small', 'count', 3);
    const { body: file } = await lab.ask('GET', '/lab/progress');
    await lab.runs.reset('09-small');
    assert.equal((await lab.ask('PUT', '/lab/progress', file)).status, 200);
    assert.deepEqual(
      [step('see').earned, step('count').earned, lab.runs.view('09-small').score],
      [0, 30, 30],
    );
  });

  test('nothing is graded red before the learner has tried', async () => {
    await lab.runs.start('09-small');
    await lab.runs.recheck();
    assert.deepEqual([step('see').state, step('see').last], ['waiting', undefined]);
  });

  test('after a try new traces bring a new reason', async () => {
    await lab.runs.start('09-small');
    await lab.runs.check('09-small', 'see');
    lab.clock.now += 5;
    await lab.runs.recheck();
    assert.deepEqual(
      [step('see').state, step('see').attempts, step('see').last?.checkedAt],
      [...['not-yet', 1, lab.clock.now]],
    );
  });

  test('new traces pass the current step by themselves, without an attempt', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    await lab.runs.recheck();
    assert.deepEqual([step('see').state, step('see').attempts], ['passed', 0]);
  });

  test('new traces do not answer for the learner', async () => {
    lab.verdicts['see'] = 'pass';
    lab.verdicts['count'] = 'pass';
    await lab.runs.start('09-small');
    await lab.runs.recheck();
    assert.equal(step('count').state, 'waiting');
  });

  test('without a run in progress new traces change nothing', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.recheck();
    assert.equal(step('see').state, 'waiting');
  });

  test('after a restart of the lab the run’s fault can be switched on again', async () => {
    await lab.runs.start('09-small');
    await lab.engine.offAll();
    await lab.runs.resume();
    assert.equal(lab.payment.plan().primitives.length, 1);
  });

  const state = () => lab.runs.view('09-small').conditions?.state;
  const slow = (parameters: object) => lab.ask('POST', '/lab/faults/slow', { parameters });

  /** Each of them takes away what the lab's steps are judged under. */
  const meddlings: { name: string; meddle: () => Promise<unknown>; state: string; says: RegExp }[] = [
    {
      name: 'all faults off',
      meddle: () => lab.ask('DELETE', '/lab/faults'),
      state: 'off',
      says: /own fault is off/,
    },
    {
      name: 'the hidden fault off by what it is called',
      meddle: () => lab.ask('DELETE', `/lab/faults/${lab.engine.active()[0]?.id}`),
      state: 'off',
      says: /own fault is off/,
    },
    {
      name: 'all off, and on again by hand with another parameter',
      async meddle() {
        await lab.ask('DELETE', '/lab/faults');
        await slow({ share: 1 });
      },
      state: 'off',
      says: /own fault is off/,
    },
    {
      name: 'the same fault by hand, with another parameter',
      meddle: () => slow({ share: 1 }),
      state: 'others',
      says: /Besides the lab’s own fault slow is on/,
    },
    {
      name: 'all off, and on again by hand until its time is over',
      async meddle() {
        await lab.ask('DELETE', '/lab/faults');
        await lab.ask('POST', '/lab/faults/slow', { parameters: { share: 0.5 }, stopAfterSeconds: 5 });
        assert.equal(state(), 'as-wanted', 'while it lasts');
        lab.clock.now += 6;
        lab.engine.start();
        await eventually('it stops by itself', () => lab.engine.active().length === 0);
      },
      state: 'off',
      says: /own fault is off/,
    },
  ];
  for (const { name, meddle, state: expected, says } of meddlings) {
    test(`${name}: it is said, and nothing is judged until it is put right`, async () => {
      lab.verdicts['see'] = 'pass';
      await lab.runs.start('09-small');
      await meddle();
      assert.equal(state(), expected);

      await lab.runs.recheck();
      assert.equal(step('see').state, 'waiting', 'new traces are not judged');
      const told = await lab.runs.check('09-small', 'see');
      assert.equal(told.verdict, 'cannot-tell');
      assert.match(told.why, says);
      assert.equal(told.remedy, 'npm run lab -- fault on --lab 09-small');
      assert.equal(step('see').attempts, 0, 'it costs nothing');

      const answered = await lab.ask('POST', '/lab/labs/09-small/conditions');
      assert.equal(answered.status, 200);
      assert.equal(answered.body.conditions.state, 'as-wanted');
      assert.equal(answered.body.nonce, 'r-1', 'it is the same run');
      assert.deepEqual(lab.payment.plan().primitives, [{ kind: 'hang', service: 'payment', share: 0.5 }]);
      assert.equal((await lab.runs.check('09-small', 'see')).verdict, 'pass');
    });
  }

  test('new traces are not looked at while the lab’s own fault is off', async () => {
    let looks = 0;
    const runs = createLabRuns({
      ...lab.runsOptions,
      labs: lab.runsOptions.labs.map((one) => ({
        ...one,
        steps: one.steps.map((each) => ({
          ...each,
          live: false,
          check: (context) => (looks++, each.check(context)),
        })),
      })),
    });
    await runs.start('09-small');
    await runs.recheck();
    assert.equal(looks, 1);
    await lab.engine.offAll();
    await runs.recheck();
    assert.equal(looks, 1);
    runs.close();
  });

  test('off and on again by hand as it was is as good as the lab’s own', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    await lab.ask('DELETE', '/lab/faults');
    lab.clock.now += 10;
    await slow({ share: 0.5 });
    assert.equal(state(), 'as-wanted');
    assert.equal((await lab.runs.check('09-small', 'see')).verdict, 'pass');
  });

  test('open pages are told that the fault went off and came back, and nothing in between', async () => {
    await lab.runs.start('09-small');
    const states: (string | undefined)[] = [];
    lab.told = (run) => states.push(run.conditions?.state);
    await lab.ask('DELETE', '/lab/faults');
    await eventually('the page hears of it', () => states.at(-1) === 'off');
    await lab.ask('POST', '/lab/labs/09-small/conditions');
    await eventually('the page hears of it', () => states.at(-1) === 'as-wanted');
    assert.deepEqual([...new Set(states)], ['off', 'as-wanted']);
  });

  test('the shoppers stay as the learner chose them when the fault is put on again', async () => {
    await lab.runs.start('09-small');
    await lab.ask('PUT', '/lab/traffic', { profile: 'calm' });
    await lab.ask('DELETE', '/lab/faults');
    await lab.ask('POST', '/lab/labs/09-small/conditions');
    assert.equal((await lab.ask('GET', '/lab/traffic')).body.profile, 'calm');
  });

  test('a live question that uses the shop is waited for', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    await lab.engine.offAll();
    await lab.engine.on('slow', { parameters: { share: 1 }, hidden: true });
    assert.equal(state(), 'borrowed');
    const told = await lab.runs.check('09-small', 'see');
    assert.deepEqual([told.verdict, told.remedy], ['cannot-tell', 'npm run lab -- check 09-small see']);
    assert.equal((await lab.ask('POST', '/lab/labs/09-small/conditions')).status, 409);
    await lab.engine.offHidden();
    await lab.runs.resume();
    assert.equal(state(), 'as-wanted');
  });

  test('a lab after which another one was started says so, and goes on with its own run', async () => {
    const both = await testLab({
      labs: (verdicts) => [
        smallLab(verdicts),
        { ...smallLab({}), id: '10-other', title: 'Another', edits: [] },
      ],
    });
    try {
      mkdirSync(join(both.sampleApp, 'services/payment'), { recursive: true });
      writeFileSync(join(both.sampleApp, 'services/payment/provider.ts'), 'the original');
      const stateOf = (id: string) => both.runs.view(id).conditions?.state;
      const told: string[] = [];
      await both.runs.start('09-small');
      both.told = (run) => told.push(`${run.id} ${run.conditions?.state}`);
      await both.runs.start('10-other');
      assert.deepEqual(told.slice(-2), ['09-small elsewhere', '10-other as-wanted']);
      const { verdict, why } = await both.runs.check('09-small', 'see');
      assert.equal(verdict, 'cannot-tell');
      assert.match(why, /^The lab “Another” was started after this one/);

      await both.runs.restoreConditions('09-small');
      assert.deepEqual([stateOf('09-small'), stateOf('10-other')], ['as-wanted', 'elsewhere']);
      assert.deepEqual([both.runs.active()?.lab, both.runs.active()?.nonce], ['09-small', 'r-1']);
    } finally {
      await both.close();
    }
  });

  test('after a restart of the lab process its fault is on its way, and not off', async () => {
    await lab.runs.start('09-small');
    await lab.engine.offAll();
    const again = createLabRuns({ ...lab.runsOptions, changed: () => {} });
    assert.equal(again.view('09-small').conditions?.state, 'returning');
    await again.resume();
    assert.equal(again.view('09-small').conditions?.state, 'as-wanted');
    await lab.engine.offAll();
    assert.equal(again.view('09-small').conditions?.state, 'off');
    again.close();
  });

  test('what is wanted of a lab that was not started is a 409', async () => {
    assert.equal((await lab.ask('POST', '/lab/labs/09-small/conditions')).status, 409);
    assert.equal(state(), undefined);
  });

  test('a service that crashed is the reason, and not the traces', async () => {
    lab.verdicts['see'] = 'pass';
    await lab.runs.start('09-small');
    const crash = {
      at: 1,
      how: 'ended with exit code 1',
      error: 'SyntaxError',
      message: 'Expression expected',
    };
    Object.assign(lab.processes[0]!, { state: 'crashed', healthy: false, crash });
    const told = await lab.runs.check('09-small', 'see');
    assert.deepEqual(
      [told.verdict, told.why],
      ['fail', 'payment has crashed and does no work: SyntaxError: Expression expected.'],
    );
  });

  const forms: { name: string; step: string; answer?: string | number; refused?: RegExp }[] = [
    { name: 'no answer at all', step: 'count', refused: /asks for an answer: How many/ },
    { name: 'an empty answer', step: 'count', answer: '  ', refused: /asks for an answer/ },
    { name: 'a word that is no number', step: 'count', answer: 'many', refused: /"many" is not a number/ },
    { name: 'a number', step: 'count', answer: 3 },
    { name: 'a number as text', step: 'count', answer: 'about 3' },
    { name: 'a number in words', step: 'count', answer: 'three of them' },
    { name: 'two numbers', step: 'count', answer: '2 or 3', refused: /"2 or 3" leaves a choice of numbers/ },
    { name: 'seconds where things are counted', step: 'count', answer: '3 s', refused: /in seconds/ },
    {
      name: 'a choice that does not exist',
      step: 'name',
      answer: 'auth',
      refused: /not one of: gateway → order · order → payment/,
    },
    { name: 'a choice', step: 'name', answer: 'order → payment' },
    { name: 'a choice typed without an arrow key', step: 'name', answer: 'Order->Payment' },
  ];
  for (const { name, step: id, answer, refused } of forms) {
    test(`${name} is ${refused ? 'refused with 400 and costs no attempt' : 'checked'}`, async () => {
      await lab.runs.start('09-small');
      const checked = lab.runs.check('09-small', id, answer);
      if (refused) {
        await assert.rejects(checked, (error: ProblemError) => {
          assert.deepEqual([error.status, error.problem.field], [400, 'answer']);
          assert.match(error.message, refused);
          return true;
        });
      } else await checked;
      assert.equal(step(id).attempts, refused ? 0 : 1);
    });
  }
});
