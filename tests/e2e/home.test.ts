/** The home page tells how far a learner is, as it is, and says so when it can not know. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { smallLab, testLab, type TestLab } from '../../labs/server/testing/test-lab.ts';
import { launchChromium, missingChromium } from '../chromium.ts';
import { root } from '../imports.ts';
import { assertAccessible, assertNoSidewaysScroll, visit } from './pages.ts';

const titles = { '01-your-first-trace': 'Your first trace', '02-slow-payment': 'The slow payment' };

describe('progress on the home page', { skip: missingChromium, timeout: 5 * 60_000 }, () => {
  let lab: TestLab;
  let browser: Browser;
  before(async () => {
    browser = await launchChromium();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    lab = await testLab({
      siteDist: join(root, 'site/dist'),
      labs: (verdicts) =>
        Object.entries(titles).map(([id, title]) => ({
          ...smallLab(verdicts),
          id,
          title,
          faults: [],
          edits: [],
        })),
    });
  });
  afterEach(() => lab.close());

  const progress = (page: Page) => page.getByRole('region', { name: 'Your progress' });
  const pass = async (id: string, ...steps: ('see' | 'count' | 'name')[]) => {
    const answers = { see: {}, count: { answer: 3 }, name: { answer: 'order -> payment' } };
    for (const step of steps) {
      lab.verdicts[step] = 'pass';
      await lab.ask('POST', `/lab/labs/${id}/steps/${step}/check`, answers[step]);
    }
  };

  for (const [width, colorScheme] of [
    [360, 'light'],
    [768, 'dark'],
    [1440, 'light'],
  ] as const) {
    test(`${width} px, ${colorScheme}: from nothing to the last lab, without a reload`, async () => {
      await using opened = await visit(browser, lab.url, { viewport: { width, height: 900 }, colorScheme });
      const { page } = opened;
      const shown = progress(page);
      await shown.getByText('Nothing is done yet: 2 labs, 200 points.').waitFor();
      await shown.getByRole('link', { name: 'Start: Your first trace' }).waitFor();
      assert.equal(await shown.getByText('of 200').count(), 0);
      await assertAccessible(page);

      await lab.ask('POST', '/lab/labs/01-your-first-trace/start');
      await shown.getByRole('link', { name: 'Continue: Your first trace' }).waitFor();
      await pass('01-your-first-trace', 'see');
      await shown.getByText('1 of 3 steps passed, next: Count').waitFor();
      await shown.getByText('0 of 2 done').waitFor();
      await shown.getByText('50 of 200').waitFor();
      await shown.getByText('not taken').waitFor();

      await pass('01-your-first-trace', 'count', 'name');
      await shown.getByText('1 of 2 done').waitFor();
      await shown.getByRole('link', { name: 'Next lab: The slow payment' }).waitFor();
      await lab.ask('POST', '/lab/labs/02-slow-payment/start');
      await pass('02-slow-payment', 'see', 'count', 'name');
      await shown.getByText('200 of 200').waitFor();
      await shown.getByRole('link', { name: 'All labs' }).waitFor();
      await assertAccessible(page);
      await assertNoSidewaysScroll(page);
      assert.deepEqual(opened.errors, []);
    });
  }

  test('continue leads to the lab, and the quiz’s last result to its report', async () => {
    await lab.ask('POST', '/lab/labs/02-slow-payment/start');
    await using opened = await visit(browser, lab.url);
    const { page } = opened;
    await progress(page).getByText('not taken').waitFor();
    const { body: attempt } = await lab.ask('POST', '/lab/quiz/attempts', { mode: 'facts', seed: 's' });
    for (let question = attempt.question; question;) {
      const choices = question.options.slice(0, question.choose).map(({ id }: { id: string }) => id);
      await lab.ask('POST', `/lab/quiz/attempts/${attempt.id}/answer`, { choices });
      await progress(page)
        .getByText(/^(1 of 2|2 of 2) questions answered$/)
        .waitFor();
      ({ question } = (await lab.ask('POST', `/lab/quiz/attempts/${attempt.id}/next`)).body);
    }
    const { body: report } = await lab.ask('GET', `/lab/quiz/attempts/${attempt.id}/report`);
    await progress(page)
      .getByRole('link', { name: `${report.scaled} of 1,000` })
      .click();
    await page.getByText(`${report.scaled} of 1,000`).waitFor();
    assert.doesNotMatch(page.url(), /attempt=/, 'a reload shows the attempt that was started last');

    await page.goto(lab.url);
    await progress(page).getByRole('link', { name: 'Continue: The slow payment' }).click();
    await page.waitForURL('**/labs/02-slow-payment/');
    assert.deepEqual(opened.errors, []);
  });

  test('when the lab stops answering, what was known stays and says how old it is', async () => {
    await lab.ask('POST', '/lab/labs/01-your-first-trace/start');
    await using opened = await visit(browser, lab.url, { viewport: { width: 360, height: 800 } });
    const { page } = opened;
    const shown = progress(page);
    await shown.getByText('0 of 200').waitFor();
    await page.route('**/lab/**', (route) => route.abort());
    await lab.events.close();
    await shown.getByText(/^The lab does not answer\. This is how you stood at \d/).waitFor();
    await shown.getByText('0 of 200').waitFor();
    await assertAccessible(page);
    await page.unroute('**/lab/**');
    await shown.getByText(/does not answer/).waitFor({ state: 'detached' });
  });

  test('a lab that never answered is no newcomer’s', async () => {
    await using opened = await visit(browser, 'about:blank');
    await opened.page.route('**/lab/**', (route) => route.abort());
    await opened.page.goto(lab.url);
    await progress(opened.page)
      .getByText('The lab keeps your progress. It is shown here when the lab answers.')
      .waitFor();
    assert.equal(await progress(opened.page).getByText('Nothing is done yet').count(), 0);
    await assertAccessible(opened.page);
  });
});
