/** Start again on a lab's page: it asks, keeps what goes, and brings it back. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { smallLab, testLab, type TestLab } from '../../labs/server/testing/test-lab.ts';
import { launchChromium, missingChromium } from '../chromium.ts';
import { root } from '../imports.ts';
import { eventually } from '../stack.ts';
import { assertAccessible, assertNoSidewaysScroll, visit } from './pages.ts';

const id = '02-slow-payment';

describe('Start again', { skip: missingChromium, timeout: 5 * 60_000 }, () => {
  let browser: Browser;
  let lab: TestLab;
  const verdicts = { see: 'pass' } as const;
  const provider = () => join(lab.sampleApp, 'services/payment/provider.ts');
  const parts = (page: Page) => ({
    button: page.getByRole('button', { name: 'Start again', exact: true }).first(),
    dialog: page.getByRole('dialog', { name: 'Start this lab again?' }),
  });

  before(async () => {
    assert.ok(existsSync(join(root, 'site/dist/index.html')), 'site/dist is built; npm test builds it');
    browser = await launchChromium();
  });
  after(() => browser?.close());
  beforeEach(async () => {
    lab = await testLab({
      siteDist: join(root, 'site/dist'),
      labs: (of) => [{ ...smallLab(Object.assign(of, verdicts)), id, faults: [] }],
    });
    mkdirSync(dirname(provider()), { recursive: true });
    writeFileSync(provider(), 'one\n');
    await lab.runs.start(id);
  });
  afterEach(() => lab.close());

  test('with nothing to lose it does not ask', async () => {
    await using opened = await visit(browser, `${lab.url}/labs/${id}/`);
    const { page } = opened;
    await parts(page).button.click();
    await page.getByRole('button', { name: 'Start the lab' }).waitFor();
    assert.deepEqual(opened.errors, []);
  });

  for (const [scheme, width] of [
    ['dark', 1440],
    ['light', 360],
  ] as const) {
    test(`it names what goes, keeps the focus, and Escape and Cancel change nothing (${scheme}, ${width} px)`, async () => {
      await lab.runs.check(id, 'see');
      writeFileSync(provider(), 'one\ntwo\n');
      await using opened = await visit(browser, `${lab.url}/labs/${id}/`, {
        viewport: { width, height: 800 },
        colorScheme: scheme,
      });
      const { page } = opened;
      const { button, dialog } = parts(page);
      if (width < 768) await page.getByRole('button', { name: /the checker$/ }).click();
      await button.click();
      await dialog.waitFor();
      const text = await dialog.innerText();
      assert.match(text, /sample-app\/services\/payment\/provider\.ts is put back as it was/);
      assert.match(text, /1 line added, 0 removed/);
      assert.match(text, /50 points for 1 step that passed/);
      assert.match(text, new RegExp(`\\.lab/edits/${id}/`));
      await assertAccessible(page);
      await assertNoSidewaysScroll(page);

      const focused = () =>
        page.evaluate(() => ({
          name: document.activeElement?.textContent?.trim(),
          inside: document.querySelector('dialog[open]')?.contains(document.activeElement) ?? false,
        }));
      assert.deepEqual(await focused(), { name: 'Cancel', inside: true });
      await page.keyboard.press('Tab');
      assert.deepEqual(await focused(), { name: 'Start again', inside: true });
      await page.keyboard.press('Shift+Tab');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await button.click();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      await dialog.waitFor({ state: 'hidden' });
      assert.equal(readFileSync(provider(), 'utf8'), 'one\ntwo\n');
      assert.equal(lab.runs.view(id).score, 50);
      assert.deepEqual(opened.errors, []);
    });
  }

  test('what it took comes back: code, and the step that had passed', async () => {
    await lab.runs.check(id, 'see');
    writeFileSync(provider(), 'one\ntwo\n');
    await using opened = await visit(browser, `${lab.url}/labs/${id}/`);
    const { page } = opened;
    const { button, dialog } = parts(page);
    await button.click();
    await dialog.getByRole('button', { name: 'Start again' }).click();
    await page.getByRole('button', { name: 'Start the lab' }).waitFor();
    assert.equal(readFileSync(provider(), 'utf8'), 'one\n');
    assert.equal(lab.runs.view(id).score, 0);

    await page.getByText('Kept edits (1)').click();
    await page.getByText('Show the edit').click();
    await page.getByText('+two').waitFor();
    await assertAccessible(page);
    await page.getByRole('button', { name: /^Bring back / }).click();
    await eventually('the edit is back', async () => readFileSync(provider(), 'utf8') === 'one\ntwo\n');
    await eventually('the step counts again', async () => lab.runs.view(id).score === 50);
    await page.getByText('1 of 3 steps passed').first().waitFor();
    assert.deepEqual(opened.errors, []);
  });

  test('an update of the project is told, and the edits are put away and made in the new file', async () => {
    const base = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight'].join('\n');
    const next = base.replace('eight', 'eight, better');
    lab.project.set('services/payment/provider.ts', Buffer.from(base));
    await lab.runs.reset(id);
    writeFileSync(provider(), base);
    await lab.runs.start(id);
    lab.project.set('services/payment/provider.ts', Buffer.from(next));
    writeFileSync(provider(), base.replace('two', 'two, edited'));

    await using opened = await visit(browser, `${lab.url}/labs/${id}/`);
    const { page } = opened;
    await page.getByText(/was updated since you started this lab/).waitFor();
    await assertAccessible(page);
    await page.getByRole('button', { name: 'Put my edits away' }).click();
    await eventually('the new version is there', async () => readFileSync(provider(), 'utf8') === next);
    await page.getByText('Kept edits (1)').click();
    await page.getByRole('button', { name: /^Bring back / }).click();
    await eventually(
      'the edit is in the new version',
      async () => readFileSync(provider(), 'utf8') === next.replace('two', 'two, edited'),
    );
    assert.equal(await page.getByText(/was updated since you started this lab/).count(), 0);
    assert.deepEqual(opened.errors, []);
  });
});
