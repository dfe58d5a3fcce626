/** What opens over a page covers neither what is said about the page's own fields nor the way out. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright';
import { testLab, type TestLab } from '../../labs/server/testing/test-lab.ts';
import { launchChromium, missingChromium } from '../chromium.ts';
import { root } from '../imports.ts';
import { assertAccessible, assertInView, assertNoSidewaysScroll, visit } from './pages.ts';

const now = () => Date.now() / 1000;
const traceId = () => `1-${Math.floor(now()).toString(16)}-0123456789abcdef01234567`;

/** Enough of X-Ray for a list, a map and a trace of forty rows. */
function xray(operation: string): object {
  const [start, id] = [now() - 5, traceId()];
  const segment = (place: number) => ({
    id: place.toString(16).padStart(16, '0'),
    name: `service-${place}`,
    trace_id: id,
    ...(place > 1 && { parent_id: (place - 1).toString(16).padStart(16, '0') }),
    start_time: start + place / 100,
    end_time: start + 1,
    http: { request: { method: 'GET', url: 'http://shop/x' }, response: { status: 200 } },
  });
  const segments = Array.from({ length: 40 }, (_, index) => segment(index + 1));
  const counts = {
    OkCount: 4,
    ErrorStatistics: {},
    FaultStatistics: {},
    TotalCount: 4,
    TotalResponseTime: 1,
  };
  if (operation === 'GetTraceSummaries')
    return {
      TraceSummaries: [{ Id: id, Duration: 1, ResponseTime: 1, Http: {}, Annotations: {} }],
      TracesProcessedCount: 1,
    };
  if (operation === 'BatchGetTraces')
    return {
      Traces: [
        {
          Id: id,
          Duration: 1,
          Segments: segments.map((one) => ({ Id: one.id, Document: JSON.stringify(one) })),
        },
      ],
      UnprocessedTraceIds: [],
    };
  if (operation === 'GetServiceGraph' || operation === 'GetTraceGraph')
    return {
      StartTime: start,
      EndTime: now(),
      Services: Array.from({ length: 12 }, (_, index) => ({
        ReferenceId: index,
        Name: `service-${index}`,
        Names: [`service-${index}`],
        Root: index === 0,
        State: 'active',
        StartTime: start,
        EndTime: now(),
        Edges:
          index < 11
            ? [
                {
                  ReferenceId: index + 1,
                  StartTime: start,
                  EndTime: now(),
                  SummaryStatistics: counts,
                  ResponseTimeHistogram: [],
                  Aliases: [],
                },
              ]
            : [],
        SummaryStatistics: counts,
        DurationHistogram: [],
        ResponseTimeHistogram: [],
      })),
    };
  return {};
}

describe('what opens over a page', { skip: missingChromium, timeout: 5 * 60_000 }, () => {
  let lab: TestLab;
  let browser: Browser;
  before(async () => {
    lab = await testLab({ siteDist: join(root, 'site/dist') });
    browser = await launchChromium();
  });
  after(async () => {
    await browser?.close();
    await lab?.close();
  });

  const open = async (path: string, width: number, height: number, more: object = {}) => {
    const opened = await visit(browser, 'about:blank', { viewport: { width, height }, ...more });
    await opened.page.route('**/lab/xray/*', (route) =>
      route.fulfill({ json: xray(new URL(route.request().url()).pathname.split('/').pop()!) }),
    );
    await opened.page.goto(`${lab.url}${path}`);
    return opened;
  };
  const box = async (page: Page, selector: string) => (await page.locator(selector).boundingBox())!;

  for (const [width, height] of [
    [360, 640],
    [768, 900],
    [1440, 900],
    [1440, 380],
  ] as const) {
    for (const text of ['http.', 'service("p', 'fault AND ']) {
      test(`${width} × ${height} px: suggestions for ${text} leave the mistake and the buttons in view`, async () => {
        await using opened = await open('/console/traces/', width, height);
        const { page } = opened;
        await page.getByRole('textbox', { name: 'Filter expression' }).click();
        await page.keyboard.type(text);
        const mistake = page.locator('.mistake');
        await mistake.getByText('▲').waitFor();
        if (!text.endsWith('p')) await page.locator('.cm-tooltip-autocomplete').waitFor();
        else await page.keyboard.press('Control+Space');
        await assertInView(mistake, 'what is wrong');
        for (const name of ['Run', 'Clear the filter', 'Keyboard shortcuts'])
          await assertInView(page.getByRole('button', { name }), name);
        if ((await page.locator('.cm-tooltip-autocomplete').count()) > 0) {
          const [said, list] = [await box(page, '.mistake'), await box(page, '.cm-tooltip-autocomplete')];
          assert.ok(list.y >= said.y + said.height, 'the list begins under the message');
          assert.ok(list.x >= 0 && list.x + list.width <= width, 'the list is in the window');
        }
        await assertNoSidewaysScroll(page);
        // axe wants a tab stop in a long list; its keys are the arrows, and what they reach is brought into view.
        if (!text.startsWith('fault')) return void (await assertAccessible(page));
        for (let row = 0; row < 9; row += 1) await page.keyboard.press('ArrowDown');
        await assertInView(
          page.locator('.cm-tooltip-autocomplete [aria-selected=true]'),
          'the ninth suggestion',
        );
      });
    }

    test(`${width} × ${height} px: every button of the time range can be reached, and its refusal is read`, async () => {
      await using opened = await open('/console/traces/', width, height);
      const { page } = opened;
      await page.getByRole('button', { name: /^Time range/ }).click();
      const dialog = page.getByRole('dialog', { name: 'Time range' });
      for (const button of await dialog.getByRole('button').all()) {
        await button.scrollIntoViewIfNeeded();
        await assertInView(button, (await button.textContent())!);
      }
      await dialog.getByLabel('From').fill('2026-01-02T00:00:00');
      await dialog.getByLabel('To').fill('2026-01-01T00:00:00');
      await dialog.getByRole('button', { name: 'Show this range' }).click();
      const refusal = dialog.getByRole('alert');
      await refusal.scrollIntoViewIfNeeded();
      await assertInView(refusal, 'the refusal');
      await assertAccessible(page);
    });

    test(`${width} × ${height} px: the row that the details tell about stays in view beside them`, async () => {
      await using opened = await open(`/console/trace/?id=${traceId()}`, width, height);
      const { page } = opened;
      const rows = page.getByRole('treeitem');
      await rows.nth(8).click();
      const close = page.getByRole('button', { name: /close/i });
      await close.waitFor();
      await page.waitForTimeout(100);
      await assertInView(page.locator('[role=treeitem][aria-selected=true]'), 'the selected row');
      await assertInView(close, 'the way out');
      await assertAccessible(page);
      if (width >= 1024) return;
      await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
      const [tree, sheet] = [await box(page, '.layout > .main'), await box(page, '.layout > section')];
      assert.ok(
        tree.y + tree.height <= sheet.y,
        'the end of the timeline can be scrolled out from under the details',
      );
    });
  }

  test('360 px: a service of the table shows its panel in view, and the service beside it', async () => {
    await using opened = await open('/console/map/', 360, 640);
    const { page } = opened;
    await page.getByRole('button', { name: 'service-6', exact: true }).first().click();
    const traces = page.getByRole('link', { name: 'View traces' });
    await traces.waitFor();
    await page.waitForTimeout(100);
    await assertInView(page.getByRole('heading', { name: 'service-6' }), 'the name of the service');
    await assertInView(page.getByRole('button', { name: 'service-6', exact: true }).first(), 'its row');
    await assertAccessible(page);
  });

  test('360 px: the list of keys can be closed from its end', async () => {
    await using opened = await open('/console/map/', 360, 640);
    const { page } = opened;
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByRole('dialog').evaluate((dialog) => dialog.scrollTo(0, dialog.scrollHeight));
    await assertInView(page.getByRole('button', { name: 'Close' }), 'Close');
    await assertAccessible(page);
  });
});
