/** The console with documents that are hard to show: nothing goes blank, and every part of them can be read. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchChromium, missingChromium } from '../chromium.ts';
import { eventually, startStack, type Stack } from '../stack.ts';
import { hardMap, hardTraces, put } from './hard-documents.ts';
import { assertAccessible, assertNoSidewaysScroll, visit } from './pages.ts';

/** Panels that said they failed. */
const failed = (page: Page) =>
  page.locator('[data-failed]').evaluateAll((all) => all.map((one) => one.textContent));

describe('the console with hard data', { skip: missingChromium, timeout: 10 * 60_000 }, () => {
  let stack: Stack;
  let browser: Browser;
  const traces = hardTraces();
  const idOf = ({ documents }: (typeof traces)[number]) => documents[0]!.trace_id!;

  before(async () => {
    stack = await startStack('hard-data', 'own');
    browser = await launchChromium();
    await put(stack.xray, [...hardMap(), ...traces.flatMap(({ documents }) => documents)]);
    await eventually('the last trace is there', async () => {
      const answer = await fetch(`${stack.xray}/Traces`, {
        method: 'POST',
        body: JSON.stringify({ TraceIds: [idOf(traces.at(-1)!)] }),
      });
      return ((await answer.json()) as { Traces: unknown[] }).Traces.length === 1;
    });
  });
  after(async () => {
    await browser?.close();
    await stack?.stop();
  });

  test('the map draws two entry points of one name and different origins, each with its client', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/map/`);
    const { page } = opened;
    const shops = page.getByRole('button', { name: /^twin-shop, AWS::/ });
    await shops.first().waitFor();
    assert.equal(await shops.count(), 2);
    const lines = page.getByRole('button', { name: /^Client calls twin-shop/ });
    assert.equal(await lines.count(), 2);
    await page.getByRole('button', { name: /^mail, AWS::EC2::Instance/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('region', { name: 'Details of mail' }).waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    const rows = page.getByRole('table', { name: 'Services' }).getByRole('row', { name: /twin-shop/ });
    await eventually('the table has both', async () => (await rows.count()) === 2);
    assert.deepEqual([await failed(page), opened.errors], [[], []]);
  });

  test('a service in the address that has no traffic leaves the map as it is', async () => {
    await using opened = await visit(
      browser,
      `${stack.lab}/console/map/?focus=remote%7Cgone&node=remote%7Cgone`,
    );
    await opened.page
      .getByRole('button', { name: /^twin-shop, AWS::/ })
      .first()
      .waitFor();
    assert.deepEqual(opened.errors, []);
  });

  test('the list shows them all, and the filter bar offers their annotations', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/traces/`);
    const { page } = opened;
    await page.getByRole('rowheader').first().waitFor();
    await page.getByRole('textbox', { name: 'Filter expression' }).click();
    await page.keyboard.type('annotation.constructor = ');
    await page.getByRole('option', { name: /"c"/ }).waitFor();
    await page.keyboard.press('Escape');
    await assertNoSidewaysScroll(page);
    assert.deepEqual([await failed(page), opened.errors], [[], []]);
  });

  for (const hard of traces) {
    const { name, rows, row, tab, reads } = hard;
    test(`a trace page shows ${name}`, async () => {
      await using opened = await visit(browser, `${stack.lab}/console/trace/?id=${idOf(hard)}`);
      const { page } = opened;
      const items = page.getByRole('treeitem');
      await items.first().waitFor();
      await page.getByRole('button', { name: 'By segment' }).click();
      await eventually(`${rows} rows`, async () => (await items.count()) === rows);
      await page.getByRole('treeitem', { name: row }).click();
      for (const each of [
        'Overview',
        'Resources',
        'Annotations',
        'Metadata',
        'Exceptions',
        'SQL',
        'Raw data',
        tab,
      ]) {
        await page.getByRole('tab', { name: new RegExp(`^${each}`) }).click();
        await page.getByRole('tabpanel', { name: new RegExp(`^${each}`) }).waitFor();
        assert.deepEqual([await failed(page), opened.errors], [[], []], each);
      }
      assert.match(await page.getByRole('tabpanel').innerText(), reads);
      await assertNoSidewaysScroll(page);
      await page.getByRole('button', { name: 'Raw data', exact: true }).click();
      await page.getByText(/^1 of 1 documents$/).waitFor();
      await assertAccessible(page);
      assert.deepEqual([await failed(page), opened.errors], [[], []]);
    });
  }

  test('a panel that fails says so, the rest goes on, its details can be copied, and it can be reloaded', async () => {
    await using opened = await visit(browser, 'about:blank', {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const { page } = opened;
    let broken = true;
    await page.route('**/lab/xray/GetServiceGraph', async (route) => {
      const response = await route.fetch();
      const graph = (await response.json()) as { Services: { Name: unknown }[] };
      // No X-Ray answers so: a name that is a number has no length to break it at.
      if (broken) for (const service of graph.Services) service.Name = 7;
      await route.fulfill({ response, json: graph });
    });
    await page.goto(`${stack.lab}/console/map/?timeRange=PT1H`);
    const notice = page.getByRole('alert').filter({ hasText: 'Service map: this failed.' });
    await notice.waitFor();
    await page.getByRole('link', { name: 'Traces', exact: true }).waitFor();
    await page.getByRole('button', { name: /Last hour/ }).waitFor();
    await notice.getByRole('button', { name: 'Copy details' }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^X-Ray Lab: Service map failed\n.*\nPage: http.*\nTime: .*\nBrowser: /);
    await assertAccessible(page);
    broken = false;
    await notice.getByRole('button', { name: 'Reload panel' }).click();
    await page
      .getByRole('button', { name: /^twin-shop, AWS::/ })
      .first()
      .waitFor();
    await notice.waitFor({ state: 'detached' });
  });

  test('what a click or a promise throws is told as well, and can be dismissed', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/map/`);
    const { page } = opened;
    await page
      .getByRole('button', { name: /^twin-shop, AWS::/ })
      .first()
      .waitFor();
    for (const thrown of [
      'setTimeout(() => { throw new Error("in a timer") })',
      'void Promise.reject(new Error("in a promise"))',
    ]) {
      await page.evaluate(thrown);
      const notice = page.getByRole('alert').filter({ hasText: /in a (timer|promise)/ });
      await notice.waitFor();
      await notice.getByRole('button', { name: 'Dismiss' }).click();
      await notice.waitFor({ state: 'detached' });
    }
    await page
      .getByRole('button', { name: /^twin-shop, AWS::/ })
      .first()
      .waitFor();
  });
});
