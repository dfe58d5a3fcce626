/** What stands around every page: the menu, and on a lab's page the checker and the way to the labs beside it. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { smallLab, testLab, type TestLab } from '../../labs/server/testing/test-lab.ts';
import { launchChromium, missingChromium } from '../chromium.ts';
import { root } from '../imports.ts';
import { eventually } from '../stack.ts';
import { assertAccessible, assertInView, assertNoSidewaysScroll, tabTo, visit } from './pages.ts';

const pages = globSync('site/dist/**/index.html', { cwd: root })
  .map((file) =>
    file
      .replaceAll('\\', '/')
      .replace(/^site\/dist/, '')
      .replace(/index\.html$/, ''),
  )
  .concat('/404.html');

/** Two labs under the addresses of the real texts, with checks that say what a test wants. */
const ids = ['01-your-first-trace', '02-slow-payment'] as const;

describe('around the pages', { skip: missingChromium, timeout: 10 * 60_000 }, () => {
  let lab: TestLab;
  let browser: Browser;
  const verdicts: TestLab['verdicts'] = {};

  before(async () => {
    assert.ok(pages.length > 10, 'site/dist is built; npm test builds it');
    lab = await testLab({
      siteDist: join(root, 'site/dist'),
      labs: () => ids.map((id) => ({ ...smallLab(verdicts), id, faults: [], edits: [] })),
    });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await lab?.close();
  });
  beforeEach(() => {
    for (const step of Object.keys(verdicts)) delete verdicts[step];
  });

  const focusIsOn = (page: Page, name: RegExp) =>
    eventually(`the focus is on ${name}`, async () =>
      name.test((await page.evaluate(() => document.activeElement?.textContent ?? '')).trim()),
    );
  const at = (width: number, height = 900) => ({ viewport: { width, height } });

  for (const path of pages) {
    test(`${path} at 360 px: the menu button leads to every other page`, async () => {
      await using opened = await visit(browser, `${lab.url}${path}`, at(360, 640));
      const { page } = opened;
      const button = page.getByRole('button', { name: 'Menu' });
      const menu = page.getByRole('navigation', { name: 'Main' });
      const labsLink = menu.getByRole('link', { name: 'All labs' });
      assert.equal(await button.getAttribute('aria-expanded'), 'false');
      assert.equal(await labsLink.isVisible(), false);

      await button.focus();
      await page.keyboard.press('Enter');
      await labsLink.waitFor();
      assert.equal(await button.getAttribute('aria-expanded'), 'true');
      await page.keyboard.press('Tab');
      assert.ok(
        await menu.evaluate((nav) => nav.contains(document.activeElement)),
        'the next stop is in the menu',
      );
      await page.keyboard.press('Escape');
      await labsLink.waitFor({ state: 'hidden' });
      assert.equal(await button.getAttribute('aria-expanded'), 'false');
      assert.ok(await button.evaluate((element) => element === document.activeElement));
      assert.equal(await page.locator('.main-frame').getAttribute('inert'), null);
    });
  }

  for (const width of [360, 768, 1440]) {
    for (const [path, colorScheme] of [
      ['/', 'light'],
      ['/console/traces/', 'dark'],
      ['/labs/01-your-first-trace/', 'light'],
      ['/guide/exam/', 'dark'],
    ] as const) {
      test(`${path} at ${width} px: the way to the quiz is in view or in the menu, without a barrier`, async () => {
        await using opened = await visit(browser, `${lab.url}${path}`, { ...at(width), colorScheme });
        const { page } = opened;
        if (width < 1000) await page.getByRole('button', { name: 'Menu' }).click();
        else assert.equal(await page.getByRole('button', { name: 'Menu' }).isVisible(), false);
        const quiz = page.getByRole('banner').or(page.getByRole('navigation', { name: 'Main' }));
        const link = quiz.getByRole('link', { name: 'Quiz', exact: true }).and(page.locator(':visible'));
        await assertAccessible(page);
        await assertNoSidewaysScroll(page);
        await link.first().click();
        await page.waitForURL('**/quiz/');
        await page.getByRole('heading', { name: 'Quiz' }).waitFor();
      });
    }
  }

  test('between the widths a page has its navigation once: in the menu or beside the text', async () => {
    for (const [path, widths] of Object.entries({
      '/guide/exam/': [799, 800],
      '/labs/01-your-first-trace/': [1199, 1200],
      '/': [895, 896],
    })) {
      for (const [index, width] of widths.entries()) {
        await using opened = await visit(browser, `${lab.url}${path}`, at(width));
        const button = opened.page.getByRole('button', { name: 'Menu' });
        assert.equal(await button.isVisible(), index === 0, `${path} at ${width} px`);
        const labs = opened.page
          .getByRole('link', { name: /^(All labs|Labs)$/ })
          .and(opened.page.locator(':visible'));
        if (index === 1) await labs.first().waitFor();
        await assertNoSidewaysScroll(opened.page);
      }
    }
  });

  test('a menu that is open when the window grows leaves nothing out of reach', async () => {
    await using opened = await visit(browser, `${lab.url}/`, at(360));
    const { page } = opened;
    await page.getByRole('button', { name: 'Menu' }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
    await eventually(
      'the page answers again',
      async () => (await page.locator('.main-frame').getAttribute('inert')) === null,
    );
  });

  for (const width of [768, 800, 1199, 1440]) {
    test(`at ${width} px the checker stays in view wherever one reads`, async () => {
      await lab.ask('POST', `/lab/labs/${ids[0]}/start`);
      await using opened = await visit(browser, `${lab.url}/labs/${ids[0]}/`, at(width));
      const { page } = opened;
      const check = page.getByRole('button', { name: 'Check now' });
      await check.waitFor();
      const length = await page.evaluate(() => document.documentElement.scrollHeight);
      assert.ok(length > 1500, `the text is ${length} px long`);
      for (const part of [0, 0.3, 0.6, 1]) {
        await page.evaluate((y) => scrollTo(0, y), part * (length - 900));
        await page.waitForTimeout(50);
        await assertInView(check, `at ${part * 100} % of the text`);
      }
      await assertAccessible(page);
      await assertNoSidewaysScroll(page);
      assert.deepEqual(opened.errors, []);
    });

    test(`at ${width} px in a low window the checker scrolls by itself`, async () => {
      await lab.ask('POST', `/lab/labs/${ids[0]}/start`);
      await using opened = await visit(browser, `${lab.url}/labs/${ids[0]}/`, at(width, 420));
      const { page } = opened;
      const last = page.getByRole('button', { name: 'Start again' });
      await last.waitFor();
      await page.evaluate(() => scrollTo(0, 600));
      await last.focus();
      await assertInView(last, 'the last button of the checker');
      assert.equal(await page.evaluate(() => scrollY), 600, 'the text has not moved');
    });
  }

  for (const [width, colorScheme] of [
    [360, 'light'],
    [360, 'dark'],
    [767, 'light'],
  ] as const) {
    test(`by keyboard, ${width} px, ${colorScheme}: a bar opens the checker over the text, and Escape closes it`, async () => {
      await lab.ask('POST', `/lab/labs/${ids[0]}/start`);
      verdicts.see = 'fail';
      await using opened = await visit(browser, `${lab.url}/labs/${ids[0]}/`, {
        ...at(width, 640),
        colorScheme,
      });
      const { page } = opened;
      const bar = page.getByRole('button', { name: /the checker$/ });
      await bar.getByText('0 of 3 steps passed').waitFor();
      const length = await page.evaluate(() => document.documentElement.scrollHeight);
      for (const part of [0, 0.5, 1]) {
        await page.evaluate((y) => scrollTo(0, y), part * length);
        await assertInView(bar, `at ${part * 100} % of the text`);
      }
      await assertAccessible(page);
      await page.evaluate(() => scrollTo(0, 0));

      await tabTo(page, /^Go to the checker$/);
      await page.keyboard.press('Enter');
      await page.keyboard.press('Tab');
      await focusIsOn(page, /steps passed/);
      assert.equal(await bar.getAttribute('aria-expanded'), 'false');
      await page.keyboard.press('Enter');
      const check = page.getByRole('button', { name: 'Check now' });
      await check.waitFor();
      assert.equal(await bar.getAttribute('aria-expanded'), 'true');
      await assertInView(bar, 'the bar under the open checker');
      await tabTo(page, /^Check now$/);
      await page.keyboard.press('Enter');
      await page.getByText('It is not there.').first().waitFor();
      await bar.getByText('1. See · Not yet').waitFor();
      await assertAccessible(page);
      await assertNoSidewaysScroll(page);

      await page.keyboard.press('Escape');
      await check.waitFor({ state: 'hidden' });
      await focusIsOn(page, /steps passed/);
      assert.equal(await bar.getAttribute('aria-expanded'), 'false');
      assert.deepEqual(opened.errors, []);
    });
  }

  for (const colorScheme of ['light', 'dark'] as const)
    test(`at 360 px, ${colorScheme}, the closed bar says what the checker under it would: a crash, a lab without its shop`, async () => {
      await lab.ask('POST', `/lab/labs/${ids[0]}/start`);
      const crashed = lab.processes.find(({ name }) => name === 'payment')!;
      const was = { ...crashed };
      Object.assign(crashed, { state: 'crashed', healthy: false, reason: 'ended with exit code 1' });
      try {
        await using opened = await visit(browser, `${lab.url}/labs/${ids[0]}/`, {
          ...at(360, 640),
          colorScheme,
        });
        const { page } = opened;
        const bar = page.getByRole('button', { name: /the checker$/ });
        await eventually('the crash is told', async () => {
          lab.events.publish('status', { processes: lab.processes, memoryBytes: 0 });
          return (await bar.getByText('payment has crashed').count()) > 0;
        });
        await bar.getByText('0 of 3 steps passed').waitFor();
        await assertInView(bar.getByText('payment has crashed'), 'the crash');
        await page.getByRole('status').getByText('payment has crashed').waitFor();
        await assertAccessible(page);
        Object.assign(crashed, was);
        await lab.ask('POST', `/lab/labs/${ids[1]}/start`);
        await page.reload();
        await bar.getByText('Another lab has the shop').waitFor();
        await assertInView(bar.getByText('Another lab has the shop'), 'what is not as the lab wants it');
        await assertAccessible(page);
      } finally {
        Object.assign(crashed, was);
      }
    });

  test('at 360 px the focus never goes on under the open checker', async () => {
    await lab.ask('POST', `/lab/labs/${ids[0]}/start`);
    await using opened = await visit(browser, `${lab.url}/labs/${ids[0]}/`, at(360, 640));
    const { page } = opened;
    await page.getByRole('button', { name: /the checker$/ }).click();
    const check = page.getByRole('button', { name: 'Check now' });
    await check.waitFor();
    await page.getByRole('link', { name: 'All labs' }).and(page.locator('main *')).focus();
    await check.waitFor({ state: 'hidden' });
  });

  test('a lab’s page leads to the labs before and after it', async () => {
    await using opened = await visit(browser, `${lab.url}/labs/${ids[0]}/`);
    const { page } = opened;
    const ways = page.getByRole('navigation', { name: 'Labs before and after this one' });
    await ways.getByRole('link', { name: 'Overview All labs' }).waitFor();
    await ways.getByRole('link', { name: 'Next lab The slow payment' }).click();
    await page.waitForURL(`**/labs/${ids[1]}/`);
    await ways.getByRole('link', { name: 'After the labs Quiz' }).waitFor();
    await ways.getByRole('link', { name: 'Previous lab Your first trace' }).click();
    await page.waitForURL(`**/labs/${ids[0]}/`);
  });

  for (const [index, offer] of (['Next lab: The slow payment', 'Take the quiz'] as const).entries()) {
    for (const width of [360, 1440]) {
      test(`at ${width} px, once the last step of lab ${index + 1} has passed, the checker offers: ${offer}`, async () => {
        const id = ids[index]!;
        await lab.ask('POST', `/lab/labs/${id}/start`);
        Object.assign(verdicts, { see: 'pass', count: 'pass', name: 'pass' });
        await using opened = await visit(browser, `${lab.url}/labs/${id}/`, at(width));
        const { page } = opened;
        await lab.ask('POST', `/lab/labs/${id}/steps/see/check`, {});
        await lab.ask('POST', `/lab/labs/${id}/steps/count/check`, { answer: 3 });
        if (width < 768) await page.getByRole('button', { name: /the checker$/ }).click();
        await page.getByText('2 of 3 steps passed').and(page.getByRole('heading')).waitFor();
        const link = page.getByRole('link', { name: offer });
        assert.equal(await link.count(), 0, 'nothing is offered before the end');
        await lab.ask('POST', `/lab/labs/${id}/steps/name/check`, { answer: 'order -> payment' });
        await link.waitFor();
        await assertInView(link, 'the offer');
        await assertAccessible(page);
        await link.click();
        await page.waitForURL(index === 0 ? `**/labs/${ids[1]}/` : '**/quiz/');
        assert.deepEqual(opened.errors, []);
      });
    }
  }
});
