/** The console with documents that are hard to show: nothing goes blank, and every part of them can be read. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchChromium, missingChromium } from '../chromium.ts';
import { eventually, startStack, type Stack } from '../stack.ts';
import { hardMap, hardTraces, longTrace, newTrace, put, putTexts } from './hard-documents.ts';
import { connectionOf, processOf, saysWithinFiveSeconds } from './lost-connection.ts';
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

  test('a node of the map is called what is to be read below it, also when name and type are cut', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/map/`);
    const { page } = opened;
    await page.getByRole('button', { name: /^x{200}, x{300}/ }).waitFor();
    const cut = page.locator('.words').filter({ hasText: /^x+….*x+…/ });
    assert.equal(await cut.count(), 1, 'it is drawn cut');
    await page.getByRole('button', { name: /^flat-names, unknown type/ }).waitFor();
    await assertAccessible(page);
  });

  test('on a narrow page every number of the map’s tables is in sight, beside any name', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/map/`, {
      viewport: { width: 360, height: 740 },
    });
    const { page } = opened;
    const table = page.getByRole('table', { name: 'Services' });
    await table.getByRole('row', { name: /xxx/ }).waitFor();
    const outside = await page.locator('.tables td, .tables button').evaluateAll((cells) =>
      cells.flatMap((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        const unseen = cell.querySelector('.visually-hidden');
        if (unseen) range.setEndBefore(unseen);
        const { left, right } = range.getBoundingClientRect();
        return left >= 16 && right <= innerWidth - 16 ? [] : `${cell.textContent}: ${left} to ${right} px`;
      }),
    );
    assert.deepEqual(outside, []);
  });

  for (const width of [360, 600, 768])
    test(`${width} px: a path in the list of traces begins with its beginning, however long it is`, async () => {
      const filter = encodeURIComponent('http.url CONTAINS "xxxxxxxx"');
      await using opened = await visit(browser, `${stack.lab}/console/traces/?filter=${filter}`, {
        viewport: { width, height: 740 },
      });
      const path = opened.page.locator('td.url').first();
      await path.waitFor();
      const seen = await path.evaluate((cell) => {
        const first = document.createRange();
        const text = [...cell.childNodes].find((node) => node.textContent?.startsWith('/'))!;
        first.setStart(text, 0);
        first.setEnd(text, 1);
        const inside = first.getBoundingClientRect().left - cell.getBoundingClientRect().left;
        return { inside: inside >= 0, isCut: cell.scrollWidth > cell.clientWidth };
      });
      assert.deepEqual(seen, { inside: true, isCut: true });
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

  test('an address of 1,600 characters leaves the tabs their place, and all of it can be read', async () => {
    const long = traces.find(({ name }) => name.startsWith('texts'))!;
    for (const viewport of [
      { width: 1440, height: 900 },
      { width: 360, height: 780 },
    ]) {
      await using opened = await visit(browser, `${stack.lab}/console/trace/?id=${idOf(long)}`, { viewport });
      const { page } = opened;
      await page.getByRole('treeitem').first().click();
      const panel = (await page.getByRole('region', { name: /^Details of/ }).boundingBox())!;
      const tabs = (await page.getByRole('tablist').boundingBox())!;
      const body = (await page.getByRole('tabpanel').boundingBox())!;
      assert.ok(tabs.y - panel.y < 150, `the tabs begin ${tabs.y - panel.y} px below the top of the panel`);
      assert.ok(body.height > 150, `${body.height} px are left for what a tab shows`);
      const url = page.getByRole('tabpanel').locator('dl > div').filter({ hasText: 'URL' });
      await url.getByRole('button', { name: 'Show all 1,600 characters' }).click();
      assert.equal((await page.getByRole('region', { name: 'URL' }).innerText()).length, 1600);
      await assertNoSidewaysScroll(page);
      await assertAccessible(page);
    }
  });

  test('an annotation of 64 KB leaves the table its columns, and is copied whole', async () => {
    const heavy = traces.find(({ name }) => name.startsWith('a document of 64 KB'))!;
    await using opened = await visit(
      browser,
      `${stack.lab}/console/trace/?id=${idOf(heavy)}&tab=annotations`,
      {
        permissions: ['clipboard-read', 'clipboard-write'],
      },
    );
    const { page } = opened;
    await page.getByRole('treeitem').first().click();
    const widths = await page
      .getByRole('tabpanel')
      .locator('tbody tr')
      .first()
      .locator('th, td')
      .evaluateAll((cells) => cells.map((cell) => cell.getBoundingClientRect().width));
    assert.equal(widths.length, 4);
    assert.ok(Math.min(...widths) > 50, widths.join(' '));
    assert.equal(await page.getByText('too long to filter by').count(), 1);
    await page.getByRole('row', { name: /^long/ }).getByRole('button', { name: 'Copy' }).click();
    assert.equal(await page.evaluate(async () => (await navigator.clipboard.readText()).length), 65_000);
    await page.getByRole('button', { name: 'Show all 65,000 characters' }).click();
    const short = (await page.getByRole('row', { name: /^short/ }).boundingBox())!;
    assert.ok(short.height < 60, 'the row below keeps its height');
  });

  test('raw data of a trace with 5,000 rows opens at once, and is searched, opened and kept open', async (context) => {
    const documents = longTrace();
    await put(stack.xray, documents);
    const id = documents[0]!.trace_id!;
    await using opened = await visit(browser, `${stack.lab}/console/trace/?id=${id}`);
    const { page } = opened;
    await page.getByRole('treeitem').nth(20).waitFor();
    const rows = Number(await page.getByRole('treeitem').first().getAttribute('aria-setsize'));
    assert.equal(rows, 1);
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const spent = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
    };
    const before = await spent();
    await page.getByRole('button', { name: 'Raw data' }).click();
    await page.getByText('20 of 20 documents').waitFor();
    await page.waitForTimeout(300);
    const milliseconds = (await spent()) - before;
    // The budget is 300 ms on an idle machine; before, when closed nodes were drawn, it was many seconds.
    assert.ok(milliseconds < 900, `${milliseconds} ms of the main thread`);
    context.diagnostic(`${milliseconds.toFixed(0)} ms of the main thread`);
    const elements = await page.locator('main *').count();
    assert.ok(elements < 3000, `${elements} elements`);

    const first = page.getByRole('article').first();
    await first.getByRole('button', { name: /^subsegments/ }).click();
    await first.getByRole('button', { name: /^200 … 248/ }).click();
    await first.getByRole('button', { name: /^248/ }).click();
    await first.getByText('"c248"').waitFor();
    const search = page.getByRole('searchbox', { name: 'Search in documents' });
    await search.fill((documents[19] as { subsegments: { id: string }[] }).subsegments[240]!.id);
    await page.getByText('1 of 20 documents').waitFor();
    await page.getByRole('article').getByText('"c240"').waitFor({ state: 'detached' });
    await page
      .locator('li.found')
      .getByText(/^"[0-9a-f]{16}"$/)
      .waitFor();
    await search.fill('');
    await first.getByText('"c248"').waitFor();
    assert.deepEqual([await failed(page), opened.errors], [[], []]);
  });

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

  for (const [screen, ready] of [
    ['map', (page: Page) => page.getByRole('button', { name: /^twin-shop, AWS::/ }).first()],
    ['traces', (page: Page) => page.getByRole('rowheader').first()],
    ['trace', (page: Page) => page.getByRole('treeitem').first()],
  ] as const) {
    test(`${screen}: an X-Ray API that stops is told within 5 s with the age of the data, and started from there`, async () => {
      const query = screen === 'trace' ? `?id=${idOf(traces[0]!)}` : '?timeRange=PT1H';
      await using opened = await visit(browser, `${stack.lab}/console/${screen}/${query}`, {
        colorScheme: screen === 'traces' ? 'light' : 'dark',
      });
      const { page } = opened;
      const { notice, green } = connectionOf(page);
      await ready(page).waitFor();
      await green.waitFor();
      const stoppedAt = Date.now();
      void fetch(`${stack.lab}/lab/processes/xray-api/stop`, { method: 'POST' });
      await saysWithinFiveSeconds(page, /X-Ray API does not answer/, stoppedAt);
      assert.ok(await ready(page).isVisible(), 'what was shown stays');
      await assertAccessible(page);
      await page.getByRole('button', { name: 'Start it' }).click();
      await notice.waitFor({ state: 'detached', timeout: 20_000 });
      await green.waitFor();
    });
  }

  for (const [name, words] of [
    ['xray-api', /X-Ray API does not answer/],
    ['lab', /The lab does not answer/],
  ] as const) {
    test(`${name} hangs: told within 5 s, and gone when it goes on`, async () => {
      await using opened = await visit(browser, `${stack.lab}/console/map/?timeRange=PT1H`);
      const { page } = opened;
      const { notice, green } = connectionOf(page);
      await page
        .getByRole('button', { name: /^twin-shop, AWS::/ })
        .first()
        .waitFor();
      await green.waitFor();
      const { pid } = await processOf(stack, name);
      const since = Date.now();
      process.kill(pid, 'SIGSTOP');
      try {
        await saysWithinFiveSeconds(page, words, since);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
      await notice.waitFor({ state: 'detached', timeout: 20_000 });
      await green.waitFor();
    });
  }

  test('the lab process ends: told within 5 s, and when it has come back the page goes on', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/traces/?timeRange=PT1H`);
    const { page } = opened;
    const { notice, green } = connectionOf(page);
    await page.getByRole('rowheader').first().waitFor();
    await green.waitFor();
    const { pid } = await processOf(stack, 'lab');
    const since = Date.now();
    process.kill(pid, 'SIGKILL');
    await saysWithinFiveSeconds(page, /The lab does not answer/, since);
    assert.ok(await page.getByRole('rowheader').first().isVisible(), 'what was shown stays');
    await notice.waitFor({ state: 'detached', timeout: 40_000 });
    await green.waitFor();
  });

  test('a broken filter in the address keeps the last good page, with the mistake at the bar', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/traces/?timeRange=PT1H&filter=fault+AND`);
    const { page } = opened;
    const heads = page.getByRole('rowheader');
    await heads.first().waitFor();
    await page.getByText('Below: all traces of the range').waitFor();
    await page.locator('.cm-mistake').waitFor();
    assert.match(await page.locator('.filter .mistake').innerText(), /At the end/);
    await assertAccessible(page);

    await page.goto(`${stack.lab}/console/traces/?timeRange=PT1H&filter=annotation.place+%3D+%22second%22`);
    await eventually('the filter finds one', async () => (await heads.count()) === 1);
    await page.goto(`${stack.lab}/console/traces/?timeRange=PT1H&filter=annotation.place+%3D`);
    await page.getByText('Below: the traces of annotation.place = "second"').waitFor();
    assert.equal(await heads.count(), 1);
    assert.match(page.url(), /filter=annotation\.place\+%3D$/, 'the address is the reader’s');
    assert.deepEqual(
      opened.errors.filter((text) => !/400 \(Bad Request\)/.test(text)),
      [],
    );
  });

  test('documents that X-Ray refuses are counted in the header, with what and why', async () => {
    await using opened = await visit(browser, `${stack.lab}/console/map/`);
    const { page } = opened;
    await connectionOf(page).green.waitFor();
    const counter = page.getByRole('button', { name: /refused$/ });
    assert.equal(await counter.count(), 0);
    const trace_id = newTrace();
    await putTexts(stack.xray, [
      JSON.stringify({ id: 'abcdefabcdefabcd', trace_id, start_time: 1, end_time: 2 }),
      JSON.stringify({ id: 'abcdefabcdefabce', trace_id: 'none', name: 'order', start_time: 1, end_time: 2 }),
      'no JSON',
    ]);
    await counter.filter({ hasText: '3 refused' }).waitFor({ timeout: 5000 });
    await counter.click();
    const dialog = page.getByRole('dialog', { name: 'Refused documents' });
    const rows = dialog.locator('tbody tr');
    await rows.first().waitFor();
    const said = (await rows.allInnerTexts()).map((row) => row.split('\t').slice(1));
    assert.deepEqual(said, [
      ['ParseError', '–', '–', '–'],
      ['InvalidTraceId', 'order', 'abcdefabcdefabce', '…none'],
      ['MissingName', '–', 'abcdefabcdefabcd', `…${trace_id.slice(-6)}`],
    ]);
    await assertAccessible(page);
    assert.deepEqual([await failed(page), opened.errors], [[], []]);
  });
});
