import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright';

const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** A page that remembers every console error, and that ends with the test that opened it. */
export interface Visit extends AsyncDisposable {
  page: Page;
  /** Console errors and uncaught exceptions since the page was opened. */
  errors: string[];
}

export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  return { page, errors, [Symbol.asyncDispose]: () => context.close() };
}

/** Fails with the rule, the element and what to do, for each barrier that axe finds. */
export async function assertAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).withTags(WCAG).analyze();
  const sentences = violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target }) => `${id} at ${target.join(' ')}: ${help}`),
  );
  assert.deepEqual(sentences, []);
}

/** Nothing sticks out to the right: a reader of a narrow window scrolls down only. */
export async function assertNoSidewaysScroll(page: Page): Promise<void> {
  const excess = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(excess <= 0, `the page is ${excess} px wider than the window`);
}

/** Presses Tab until an element with this accessible name has the focus. */
export async function tabTo(page: Page, name: RegExp, most = 80): Promise<void> {
  for (let presses = 0; presses < most; presses += 1) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate(() => {
      const element = document.activeElement;
      const label = (element as HTMLInputElement | null)?.labels?.[0];
      return (element?.getAttribute('aria-label') ?? (label ?? element)?.textContent ?? '').trim();
    });
    if (name.test(focused)) return;
  }
  assert.fail(`${most} tabs did not reach ${name}`);
}

/** Whole in the window, and nothing lies over it: what is at its middle is it, or a part of it. */
export async function assertInView(element: Locator, what: string): Promise<void> {
  const seen = await element.evaluate((node) => {
    const { top, bottom, left, right } = node.getBoundingClientRect();
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return {
      inside: top >= 0 && left >= 0 && bottom <= innerHeight && right <= innerWidth,
      place: `from ${Math.round(top)} to ${Math.round(bottom)} px in a window of ${innerHeight} px`,
      under: node.contains(above) ? undefined : `${above?.tagName}.${above?.className}`,
    };
  });
  assert.ok(seen.inside, `${what}: ${seen.place}`);
  assert.equal(seen.under, undefined, `${what} lies under something`);
}
