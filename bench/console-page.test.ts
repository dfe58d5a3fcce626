import assert from 'node:assert/strict';
import { test } from 'node:test';
import { busiestMainThread, type TraceEvent } from './console-page.ts';

const named = (pid: number, tid: number, name: string): TraceEvent => ({
  name: 'thread_name',
  ph: 'M',
  pid,
  tid,
  ts: 0,
  args: { name },
});
/** Milliseconds of processor time, in a task that took longer on the wall. */
const task = (pid: number, tid: number, milliseconds: number, name = 'RunTask'): TraceEvent => ({
  name,
  ph: 'X',
  pid,
  tid,
  ts: 0,
  dur: milliseconds * 5000,
  tdur: milliseconds * 1000,
});

test('the page is the renderer that worked most, its tasks are told by processor time, and other threads do not count', () => {
  const events = [
    named(1, 1, 'CrRendererMain'),
    named(2, 1, 'CrRendererMain'),
    named(2, 2, 'Chrome_ChildIOThread'),
    named(3, 1, 'CrBrowserMain'),
    task(1, 1, 4),
    task(2, 1, 30),
    task(2, 1, 12),
    task(2, 1, 99, 'Layout'),
    task(2, 2, 500),
    task(3, 1, 700),
  ];
  assert.deepEqual(busiestMainThread(events), { total: 42, longest: 30 });
});

for (const { name, events } of [
  { name: 'no task at all', events: [named(1, 1, 'CrRendererMain')] },
  { name: 'tasks without processor time', events: [named(1, 1, 'CrRendererMain'), task(1, 1, 0)] },
  { name: 'tasks of no page', events: [named(3, 1, 'CrBrowserMain'), task(3, 1, 9)] },
]) {
  test(`a record with ${name} is no measurement`, () =>
    assert.throws(() => busiestMainThread(events), /no task of the page/));
}
