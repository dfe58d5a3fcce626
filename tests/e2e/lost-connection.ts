import assert from 'node:assert/strict';
import type { LabProcess } from '@xray-lab/labs/server/contract';
import type { Page } from 'playwright';
import type { Stack } from '../stack.ts';

/** The process of a stack as its supervisor sees it. */
export async function processOf(stack: Stack, name: string): Promise<LabProcess & { pid: number }> {
  const all = (await (await fetch(`${stack.lab}/lab/processes`)).json()) as LabProcess[];
  const found = all.find((process) => process.name === name);
  assert.ok(found?.pid, `${name} runs`);
  return { ...found, pid: found.pid };
}

/** What a console page says of its connection. */
export const connectionOf = (page: Page) => ({
  /** The notice over the screen; a list that was being read has one of its own, an alert. */
  notice: page.locator('.notice.trouble:not([role="alert"])'),
  live: page.getByRole('button', { name: /^Live/ }),
  green: page.getByRole('button', { name: /^Live/ }).locator('.dot.on'),
});

/** Waits for the page to say it, and fails when that took longer than five seconds (and a moment for this test itself). */
export async function saysWithinFiveSeconds(page: Page, words: RegExp, since: number): Promise<void> {
  const { notice, green } = connectionOf(page);
  await notice.filter({ hasText: words }).waitFor({ timeout: 15_000 });
  const seconds = (Date.now() - since) / 1000;
  assert.ok(seconds < 5.5, `said after ${seconds} s`);
  assert.match(await notice.innerText(), /Data of \d\d:\d\d:\d\d, (now|\d+ s ago)/);
  assert.equal(await green.count(), 0, 'Live is not green');
}
