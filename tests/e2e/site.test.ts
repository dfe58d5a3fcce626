/** Every page in a real browser: both themes, no barrier that axe knows, no console error, and the stories by keyboard. */
import assert from 'node:assert/strict';
import { globSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright';
import type { Faults, LabRun, Sent } from '@xray-lab/labs/server/contract';
import { launchChromium, missingChromium } from '../chromium.ts';
import { root } from '../imports.ts';
import { processTable } from '../../scripts/supervisor/table.ts';
import { eventually, startStack, type Stack } from '../stack.ts';
import { assertAccessible, assertNoSidewaysScroll, tabTo, visit } from './pages.ts';

/** What describes a field to somebody who does not see it; runs in the page. */
const descriptionOf = (field: Element): string =>
  (field.getAttribute('aria-describedby') ?? '')
    .split(' ')
    .map((id) => document.getElementById(id)?.textContent)
    .join(' ');

/** Every page that was built, as the address under which it is served. */
const pages = globSync('site/dist/**/index.html', { cwd: root }).map((file) =>
  file
    .replaceAll('\\', '/')
    .replace(/^site\/dist/, '')
    .replace(/index\.html$/, ''),
);

describe('the site', { skip: missingChromium, timeout: 15 * 60_000 }, () => {
  let stack: Stack;
  let browser: Browser;
  /** A trace that is whole, for the pages that show one. */
  let traceId: string;

  before(async () => {
    assert.ok(pages.length > 10, 'site/dist is built; npm test builds it');
    stack = await startStack('e2e');
    browser = await launchChromium();
    const sent = JSON.parse((await stack.cli('send', '--json')).stdout) as Sent;
    traceId = sent.traceId!;
    await eventually('the trace is whole', async () => {
      const answer = await fetch(`${stack.lab}/lab/xray/BatchGetTraces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ TraceIds: [traceId] }),
      });
      const { Traces } = (await answer.json()) as { Traces: { Segments: unknown[] }[] };
      return (Traces[0]?.Segments.length ?? 0) >= 10;
    });
  });
  after(async () => {
    await browser?.close();
    await stack?.stop();
  });

  const address = (page: string) =>
    `${stack.lab}${page === '/console/trace/' ? `${page}?id=${traceId}` : page}`;

  for (const page of pages) {
    for (const colorScheme of ['light', 'dark'] as const) {
      test(`${page} in ${colorScheme}: no barrier, no console error`, async () => {
        await using opened = await visit(browser, address(page), { colorScheme });
        await opened.page.locator('h1').first().waitFor();
        // The islands ask the lab; what they then show is what counts.
        await opened.page.waitForLoadState('load');
        await opened.page.waitForTimeout(700);
        await assertAccessible(opened.page);
        assert.deepEqual(opened.errors, []);
      });
    }
  }

  for (const page of [
    '/',
    '/console/map/',
    '/console/traces/',
    '/console/trace/',
    '/faults/',
    '/guide/fidelity-by-operation/',
    '/guide/use-as-local-xray/',
    '/quiz/',
    '/labs/',
    '/labs/02-slow-payment/',
  ]) {
    test(`${page} fits into a window of 320 px`, async () => {
      await using opened = await visit(browser, address(page), { viewport: { width: 320, height: 640 } });
      await opened.page.locator('h1').first().waitFor();
      await opened.page.waitForTimeout(700);
      await assertNoSidewaysScroll(opened.page);
      await assertAccessible(opened.page);
    });
  }

  test('with forced colours and without motion the map keeps its words', async () => {
    await using opened = await visit(browser, address('/console/map/'), {
      forcedColors: 'active',
      reducedMotion: 'reduce',
    });
    await opened.page.getByRole('button', { name: /^payment-provider, remote/ }).waitFor();
    assert.deepEqual(opened.errors, []);
  });

  test('a page that is not there says so', async () => {
    await using opened = await visit(browser, `${stack.lab}/no-such-page/`);
    assert.match(await opened.page.locator('main').innerText(), /Nothing is here/);
  });

  test('the search of the guide works under the page’s policy', async () => {
    await using opened = await visit(browser, `${stack.lab}/guide/the-shop/`);
    await opened.page.getByRole('button', { name: 'Search' }).click();
    await opened.page.getByRole('textbox', { name: 'Search' }).fill('inventory');
    await opened.page.locator('.pagefind-ui__result-link').first().waitFor();
    assert.deepEqual(opened.errors, []);
  });

  for (const [what, markup] of [
    ['a script', '<script>window.ran = true</script>'],
    ['an event handler', '<img src="data:," onerror="window.ran = true">'],
    ['a script of another origin', '<script src="data:text/javascript,window.ran=true"></script>'],
    ['a frame of another origin', '<iframe src="data:text/html,<script>parent.ran=true</script>"></iframe>'],
  ] as const) {
    test(`${what} that reaches a page as markup does not run`, async () => {
      await using opened = await visit(browser, `${stack.lab}/console/traces/`);
      const { page } = opened;
      await page.locator('h1').first().waitFor();
      const refused = page.waitForEvent('console', (message) =>
        /Content Security Policy/.test(message.text()),
      );
      // As a fragment: scripts in innerHTML would not run on any page.
      await page.evaluate(
        (html) => document.body.append(document.createRange().createContextualFragment(html)),
        markup,
      );
      await refused;
      assert.equal(await page.evaluate(() => 'ran' in window), false);
    });
  }

  for (const path of ['/', '/faults/', '/labs/01-your-first-trace/', '/console/map/']) {
    test(`${path} says what to do when the lab does not answer`, async () => {
      await using opened = await visit(browser, 'about:blank');
      await opened.page.route('**/lab/**', (route) => route.abort());
      await opened.page.goto(`${stack.lab}${path}`);
      await opened.page.getByText('The lab does not answer').first().waitFor();
      const told = await opened.page
        .getByText(/Start it with/)
        .first()
        .innerText();
      assert.match(told, /Start it with npm start\./);
    });
  }

  test('by keyboard: from the home page to the trace of one’s own request', async () => {
    await using opened = await visit(browser, `${stack.lab}/`);
    const { page } = opened;
    await page.getByRole('button', { name: 'Send your first request' }).waitFor();
    const usual = processTable.filter(({ optional }) => !optional).length;
    await page.getByText(`${usual} processes are running`).waitFor();
    await tabTo(page, /Send your first request/);
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'Open its trace' }).waitFor();
    await tabTo(page, /Open its trace/);
    await page.keyboard.press('Enter');
    const tree = page.getByRole('tree', { name: 'Timeline' });
    await tree.waitFor();
    await page.getByRole('treeitem', { name: /^gateway, POST \/checkout, .*ok 201/ }).waitFor();
    assert.deepEqual(opened.errors, []);
  });

  test('by keyboard: the timeline opens, closes and shows what is selected', async () => {
    await using opened = await visit(browser, address('/console/trace/'));
    const { page } = opened;
    const rows = page.getByRole('treeitem');
    await rows.first().waitFor();
    const all = await rows.count();
    assert.ok(all >= 13, `${all} rows`);
    await rows.first().focus();
    await page.keyboard.press('ArrowLeft');
    await eventually('the root is closed', async () => (await rows.count()) === 1);
    await page.keyboard.press('ArrowRight');
    await eventually('the root is open', async () => (await rows.count()) > 1);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    for (const tab of ['Overview', 'Annotations', 'Exceptions', 'Raw data'])
      await page.getByRole('tab', { name: new RegExp(`^${tab}`) }).waitFor();
    assert.deepEqual(opened.errors, []);
  });

  test('a filter finds one order, a mistake is explained, and nothing found teaches', async () => {
    await using opened = await visit(browser, address('/console/traces/'));
    const { page } = opened;
    const filter = page.getByRole('textbox', { name: 'Filter expression' });
    const run = async (text: string) => {
      await filter.click();
      await page.keyboard.press('ControlOrMeta+a');
      await page.keyboard.insertText(text);
      await page.keyboard.press('Escape');
      await page.keyboard.press('ControlOrMeta+Enter');
    };
    const orders = JSON.parse((await stack.cli('send', '--json')).stdout) as Sent;
    await eventually('the filter finds it', async () => {
      await run(`annotation.orderId = "${orders.orderId}"`);
      await page.waitForTimeout(300);
      return (
        (await page.getByRole('link', { name: new RegExp(`…${orders.traceId!.slice(-6)}`) }).count()) === 1
      );
    });
    assert.equal(await page.getByRole('rowheader').count(), 1);
    assert.match(decodeURIComponent(page.url()), /filter=annotation\.orderId/);

    await run('http.status = "500"');
    await page
      .getByText(/without quotes/)
      .first()
      .waitFor();
    await run('annotation.orderId = "there is none"');
    await page
      .getByText(/no trace|0 traces|nothing/i)
      .first()
      .waitFor();
    assert.deepEqual(
      opened.errors.filter((text) => !/400 \(Bad Request\)/.test(text)),
      [],
    );
  });

  test('by keyboard: a fault is switched on, seen on the map, and stopped', { timeout: 90_000 }, async () => {
    await using opened = await visit(browser, address('/faults/'));
    const { page } = opened;
    const fault = page.getByRole('switch', { name: 'The payment provider hangs' });
    await fault.waitFor();
    await fault.focus();
    await page.keyboard.press('Space');
    await eventually(
      'it is on',
      async () => (await fault.getAttribute('aria-checked')) === 'true' || (await fault.isChecked()),
    );

    await page.goto(address('/console/map/'));
    const provider = page.getByRole('button', { name: /^payment-provider, remote.*\d+ % fault/ });
    await provider.waitFor({ timeout: 45_000 });
    await provider.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: 'View traces' }).waitFor();
    await page.waitForTimeout(300);
    mkdirSync(join(root, 'docs/images'), { recursive: true });
    const picture = process.env.UPDATE_SCREENSHOTS
      ? join(root, 'docs/images/service-map.png')
      : join(stack.home, 'service-map.png');
    await page.screenshot({ path: picture });
    assert.deepEqual(opened.errors, []);

    await page.goto(address('/faults/'));
    await page.getByText('1 on', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Stop all' }).focus();
    await page.keyboard.press('Enter');
    await page.getByText('none is on').waitFor();
  });

  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 320]) {
      test(
        `by keyboard, ${colorScheme}, ${width} px: a fault is found, read, set, switched on and stopped`,
        { timeout: 90_000 },
        async () => {
          await using opened = await visit(browser, address('/faults/'), {
            colorScheme,
            viewport: { width, height: 640 },
          });
          const { page } = opened;
          const search = page.getByRole('searchbox', { name: 'Find a fault' });
          await search.waitFor();
          const all = await page.getByRole('switch').count();
          assert.ok(all >= 40, `${all} faults`);
          await tabTo(page, /^Find a fault$/);
          await page.keyboard.type('no such thing');
          await page.getByText(`none of ${all} matches`).waitFor();
          await assertAccessible(page);
          await page.getByRole('button', { name: 'Show all faults' }).focus();
          await page.keyboard.press('Enter');
          assert.ok(await search.evaluate((field) => field === document.activeElement));
          await page.keyboard.type('auth REJECTS');
          await page.getByText(`1 of ${all} matches`).waitFor();
          assert.match(page.url(), /find=auth\+REJECTS/);

          await tabTo(page, /^Auth rejects a share/);
          await page.keyboard.press('Enter');
          await page.getByText('What to look for.').waitFor();
          await page.getByText('New traces match within 10 s of on').waitFor();
          await page.getByRole('button', { name: 'Copy the filter' }).waitFor();
          const traces = await page.getByRole('link', { name: 'Traces that match' }).getAttribute('href');
          assert.match(
            decodeURIComponent(traces!),
            /^\/console\/traces\/\?filter=error AND service\("auth"\)/,
          );
          await assertAccessible(page);
          await assertNoSidewaysScroll(page);

          await page.getByRole('combobox', { name: 'Status' }).focus();
          await page.keyboard.press('ArrowDown');
          await page.getByRole('switch', { name: 'Auth rejects a share of the sessions' }).focus();
          await page.keyboard.press('Space');
          const now = page.getByRole('region', { name: 'On now' });
          await now.getByText(/^on, stops in \d+ s$/).waitFor();
          await page.locator('dt:text-is("Status") + dd:text-is("403")').waitFor();
          const { stdout } = await stack.cli('fault', 'list', '--json');
          const { active } = JSON.parse(stdout) as Faults;
          assert.deepEqual(
            active.map(({ id, parameters }) => [id, parameters.status]),
            [['auth-rejects-some', 403]],
          );
          await assertAccessible(page);
          await assertNoSidewaysScroll(page);

          await now.getByRole('button', { name: 'Stop: Auth rejects a share of the sessions' }).focus();
          await page.keyboard.press('Enter');
          await page.getByText('none is on').waitFor();
          assert.deepEqual(opened.errors, []);
        },
      );
    }
  }

  for (const [colorScheme, width] of [
    ['light', 1440],
    ['dark', 320],
  ] as const) {
    test(
      `by keyboard, ${colorScheme}, ${width} px: a fault is drawn, and on for a share of the requests, by turns, for a while`,
      { timeout: 90_000 },
      async () => {
        await using opened = await visit(browser, `${address('/faults/')}#auth-rejects-some`, {
          colorScheme,
          viewport: { width, height: 640 },
        });
        const { page } = opened;
        const fault = page.locator('#auth-rejects-some');
        const share = fault.getByRole('textbox', { name: 'Share of the requests' });
        const pause = fault.getByRole('textbox', { name: 'Off for about (seconds)' });
        const fill = async (label: RegExp, text: string) => {
          await tabTo(page, label);
          await page.keyboard.press('ControlOrMeta+a');
          await page.keyboard.type(text);
        };
        await fault.getByText('More settings').waitFor();
        assert.equal(await share.isVisible(), false, 'the simple case stays simple');
        await fault.getByRole('button', { name: 'Auth rejects a share of the sessions' }).focus();
        await fill(/^Stop after/, '600');
        await tabTo(page, /^More settings/);
        await page.keyboard.press('Enter');
        await fill(/^Share of the requests/, '3');
        await fill(/^On for about/, '3600');
        await tabTo(page, /^Draw a seed/);
        await page.keyboard.press('Enter');
        await fault.getByText(/Draws what you leave alone of: Share, Status/).waitFor();
        assert.equal(await fault.getByRole('combobox', { name: 'Status' }).inputValue(), '');
        await assertAccessible(page);
        await assertNoSidewaysScroll(page);

        // Each refusal is told at its field, which gets the focus, and nothing is switched on.
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        await fault.getByText('Must be at most 1.').waitFor();
        await eventually('the share has the focus', () =>
          share.evaluate((field) => field === document.activeElement),
        );
        assert.match(await share.evaluate(descriptionOf), /Must be at most 1\..*more than 0, at most 1/s);
        await assertAccessible(page);
        await page.keyboard.press('ControlOrMeta+a');
        await page.keyboard.type('0.2');
        await page.keyboard.press('Enter');
        await fault.getByText('On and off belong together').waitFor();
        await eventually('the pause has the focus', () =>
          pause.evaluate((field) => field === document.activeElement),
        );
        assert.equal(await share.getAttribute('aria-invalid'), 'false');
        const { stdout: before } = await stack.cli('fault', 'list', '--json');
        assert.deepEqual((JSON.parse(before) as Faults).active, []);

        await page.keyboard.type('40');
        const seed = Number(await fault.getByRole('textbox', { name: 'Seed' }).inputValue());
        await page.keyboard.press('Enter');
        const now = page.getByRole('region', { name: 'On now' });
        await now
          .getByText(/^on, by turns \(about 60 min on, 40 s off\), 20 % of the requests, stops in 10 min$/)
          .waitFor();
        const toggle = fault.getByRole('switch');
        await eventually('the focus stays at the fault', () =>
          toggle.evaluate((button) => button === document.activeElement),
        );
        const { stdout } = await stack.cli('fault', 'list', '--json');
        const [active] = (JSON.parse(stdout) as Faults).active;
        assert.equal(active!.share, 0.2);
        assert.deepEqual(active!.schedule, { onSeconds: 3600, offSeconds: 40, seed });
        assert.equal(active!.turn, 'on');
        assert.equal(Math.round(active!.stopsAt! - active!.since), 600);
        assert.deepEqual(active!.drawn, { seed, parameters: ['status', 'share'] });
        await fault.getByText(`${String(active!.parameters.status)}, drawn from seed ${seed}`).waitFor();
        await assertAccessible(page);
        await assertNoSidewaysScroll(page);

        await page.keyboard.press('Space');
        await page.getByText('none is on').waitFor();
        assert.equal(await share.inputValue(), '0.2', 'the form is as it was left');
        assert.deepEqual(
          opened.errors.filter((text) => !/400 \(Bad Request\)/.test(text)),
          [],
        );
      },
    );
  }

  test('a fault that does not act on requests is not offered a share of them, nor one that is not drawn a draw', async () => {
    await using opened = await visit(browser, `${address('/faults/')}#orders-table-throttled`);
    const fault = opened.page.locator('#orders-table-throttled');
    await fault.getByText('More settings').click();
    await fault.getByRole('textbox', { name: 'Off for about (seconds)' }).waitFor();
    assert.equal(await fault.getByRole('textbox', { name: 'Share of the requests' }).count(), 0);
    await fault.getByText('this fault has nothing else to draw').waitFor();
  });

  test('a process that nobody needs yet is started and stopped by hand', async () => {
    await using opened = await visit(browser, `${stack.lab}/faults/`);
    const row = opened.page.getByRole('row', { name: /^inventory-2/ });
    await row.getByRole('button', { name: 'Start inventory-2' }).click();
    await row.getByRole('cell', { name: 'running', exact: true }).waitFor();
    await row.getByRole('button', { name: 'Restart inventory-2' }).waitFor();
    await row.getByRole('button', { name: 'Stop inventory-2' }).click();
    await row.getByRole('cell', { name: /^stopped/ }).waitFor();
    assert.equal(
      await opened.page.getByRole('button', { name: / lab$/ }).count(),
      0,
      'the lab answers these requests itself',
    );
    assert.deepEqual(opened.errors, []);
  });

  test('a parameter that is refused is said at its field, also when its fault was closed, and nothing is switched on', async () => {
    await using opened = await visit(browser, `${address('/faults/')}#clock-skew`);
    const { page } = opened;
    const fault = page.locator('#clock-skew');
    const seconds = fault.getByRole('textbox', { name: 'Seconds', exact: true });
    await seconds.fill('7000');
    await fault.getByRole('button', { expanded: true }).click();
    await seconds.waitFor({ state: 'detached' });
    await fault.getByRole('switch').click();
    await fault.getByText('Must be at most 600.').waitFor();
    assert.match(await seconds.evaluate(descriptionOf), /Must be at most 600\..*number, -600 to 600/s);
    assert.equal(await fault.getByRole('switch').getAttribute('aria-checked'), 'false');
    await assertAccessible(page);
  });

  test(
    'the first lab passes its first step in the browser, by the request that the page sent',
    { timeout: 60_000 },
    async () => {
      await using opened = await visit(browser, address('/labs/01-your-first-trace/'));
      const { page } = opened;
      await page.getByRole('button', { name: 'Start the lab' }).click();
      await page.getByRole('button', { name: 'Send a checkout', exact: true }).click();
      const run = await eventually(
        'the first step passes by itself',
        async () => {
          const state = (await (await fetch(`${stack.lab}/lab/labs/01-your-first-trace`)).json()) as LabRun;
          return state.steps[0]!.state === 'passed' && state;
        },
        25,
      );
      assert.ok(run.score > 0);
      await page.getByText('Passed').first().waitFor();
      await assertAccessible(page);
      assert.deepEqual(opened.errors, []);
    },
  );

  test('a question with a long name in it fits into a window of 320 px', async () => {
    await using opened = await visit(browser, `${stack.lab}/quiz/`, {
      viewport: { width: 320, height: 900 },
    });
    const { page } = opened;
    await page.getByRole('button', { name: /start/i }).first().click();
    const heading = page.locator('#quiz-heading');
    await heading.waitFor();
    const name = 'ProvisionedThroughputExceededException'.repeat(2);
    for (const text of [heading, page.locator('.choice > :last-child').first()])
      await text.evaluate((element, long) => element.append(` ${long}`), name);
    await assertNoSidewaysScroll(page);
    const { width } = (await heading.boundingBox())!;
    assert.ok(width < 320, `the question is ${width} px wide`);
  });

  test('by keyboard: a question of the quiz is answered and explained, each option with its source', async () => {
    await using opened = await visit(browser, address('/quiz/'));
    const { page } = opened;
    await page.getByRole('button', { name: 'Start the quiz' }).click();
    await page.getByText(/^Question 1 of 13/).waitFor();
    const options = await page.locator('main').getByRole('group').locator('input').count();
    assert.ok(options >= 4);
    await page.keyboard.press('1');
    if ((await page.locator('main input[type=checkbox]').count()) > 0) await page.keyboard.press('2');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Next question' }).waitFor();
    assert.equal(await page.getByRole('link', { name: 'Source' }).count(), options);
    await assertAccessible(page);
    assert.deepEqual(opened.errors, []);
  });

  test('? lists the keys', async () => {
    await using opened = await visit(browser, address('/console/map/'));
    await opened.page.getByRole('button', { name: 'Keyboard shortcuts' }).waitFor();
    await opened.page.keyboard.press('?');
    await opened.page.getByRole('dialog').waitFor();
    await assertAccessible(opened.page);
    await opened.page.keyboard.press('Escape');
    await opened.page.getByRole('dialog').waitFor({ state: 'hidden' });
  });
});
