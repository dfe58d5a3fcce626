import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { LabRun, QuizStanding } from '../contract.ts';
import { smallLab, testLab, type TestLab } from '../testing/test-lab.ts';

/** Reads `/lab/events` until one of this name has come whose data is as wanted. */
async function eventOf<Data>(
  lab: TestLab,
  name: string,
  act: () => Promise<unknown>,
  wanted: (data: Data) => boolean,
) {
  const page = new AbortController();
  const response = await fetch(`${lab.url}/lab/events`, { signal: page.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  await act();
  let text = '';
  try {
    for (;;) {
      text += (await reader.read()).value ?? assert.fail('the line ended');
      for (const [, data = ''] of text.matchAll(new RegExp(`event: ${name}\ndata: (.*)\n\n`, 'g')))
        if (wanted(JSON.parse(data) as Data)) return JSON.parse(data) as Data;
    }
  } finally {
    page.abort();
    await reader.cancel().catch(() => {});
  }
}

describe('progress is told to open pages', { timeout: 20_000 }, () => {
  let lab: TestLab;
  beforeEach(async () => {
    lab = await testLab({
      labs: (verdicts) => [{ ...smallLab(verdicts), id: '01-one', faults: [], edits: [] }],
    });
  });
  afterEach(() => lab.close());

  test('an answer to the quiz', async () => {
    const { body: attempt } = await lab.ask('POST', '/lab/quiz/attempts', { mode: 'facts', seed: 's' });
    const { options, choose } = attempt.question as { options: { id: string }[]; choose: number };
    const choices = options.slice(0, choose).map(({ id }) => id);
    const [newest] = await eventOf<QuizStanding[]>(
      lab,
      'quiz',
      () => lab.ask('POST', `/lab/quiz/attempts/${attempt.id}/answer`, { choices }),
      ([first]) => first?.answered === 1,
    );
    assert.deepEqual([newest?.id, newest?.total, newest?.finished], [attempt.id, 2, false]);
  });

  test('a reset: no attempt is left', async () => {
    await lab.ask('POST', '/lab/quiz/attempts', { mode: 'facts' });
    await eventOf<QuizStanding[]>(
      lab,
      'quiz',
      () => lab.ask('POST', '/lab/reset'),
      (all) => all.length === 0,
    );
  });

  test('progress that comes from a file: labs and quiz', async () => {
    await lab.ask('POST', '/lab/labs/01-one/start');
    await lab.ask('POST', '/lab/quiz/attempts', { mode: 'facts' });
    const { body: file } = await lab.ask('GET', '/lab/progress');
    await lab.ask('POST', '/lab/reset');
    const put = () => lab.ask('PUT', '/lab/progress', file);
    await eventOf<LabRun>(lab, 'lab', put, ({ started }) => started);
    await lab.ask('POST', '/lab/reset');
    await eventOf<QuizStanding[]>(lab, 'quiz', put, (all) => all.length === 1);
  });
});
