/** Sentences of labs and guide that say "only", "no" or "all", held to what the code does. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { scaledScore } from '@xray-lab/quiz';
import {
  assembleTrace,
  keywords,
  matchesFilter,
  parseFilterExpression,
  readFilter,
  type Segment,
} from '@xray-lab/xray/model';
import { root } from './imports.ts';
import { isAws, printedBlocks } from './printed-commands.ts';

const guide = (page: string) =>
  readFileSync(join(root, 'site/src/content/docs/guide', `${page}.mdx`), 'utf8').replaceAll(/\s+/g, ' ');

const id = '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f';
const segment = (more: Partial<Segment>): Segment => ({
  trace_id: id,
  id: '00000000000000a1',
  name: 'gateway',
  start_time: 100,
  end_time: 100.2,
  http: { request: { method: 'POST', url: 'http://gateway/checkout' }, response: { status: 201 } },
  ...more,
});
const matches = (filter: string, ...segments: Segment[]) =>
  matchesFilter(parseFilterExpression(filter), assembleTrace(id, segments));

describe('what the texts claim', () => {
  /** A call that went wrong in each way a keyword can see, below a root that is well. */
  const below = segment({
    id: '00000000000000b1',
    parent_id: '00000000000000a1',
    name: 'inventory',
    end_time: 109,
    user: 'maria',
    fault: true,
    error: true,
    throttle: true,
    http: {
      request: { method: 'PUT', url: 'http://inventory/x', user_agent: 'curl', client_ip: '203.0.113.7' },
      response: { status: 503 },
    },
  });
  const asked: Record<string, string> = {
    ok: '!ok',
    error: 'error',
    throttle: 'throttle',
    fault: 'fault',
    responsetime: 'responsetime > 5',
    'http.status': 'http.status = 503',
    'http.url': 'http.url CONTAINS "inventory"',
    'http.method': 'http.method = "PUT"',
    'http.useragent': 'http.useragent = "curl"',
    'http.clientip': 'http.clientip = "203.0.113.7"',
  };

  test('the keywords of which the guide says that they look at the entry point only do so', () => {
    assert.match(
      guide('filter-expressions'),
      /`ok`, `error`, `throttle`, `fault`, `responsetime` and the keywords that begin with `http\.` look at the \*\*entry point\*\* only/,
    );
    const named = keywords
      .map(({ name }) => name)
      .filter((name) => name.startsWith('http.') || name in asked);
    assert.deepEqual([...named].sort(), Object.keys(asked).sort());
    for (const filter of Object.values(asked))
      assert.equal(matches(filter, segment({}), below), false, filter);
    assert.equal(matches('service() { fault }', segment({}), below), true);
  });

  test('and the others look further', () => {
    for (const filter of ['duration > 5', 'user = "maria"'])
      assert.equal(matches(filter, segment({}), below), true);
  });

  test('the filter that lab 1 calls one of checkouts finds no refund, no sign-in and no slow checkout', () => {
    const command = printedBlocks()
      .filter(({ file }) => file === 'labs/01-your-first-trace/index.mdx')
      .flatMap(({ commands }) => commands.filter(isAws))
      .find((one) => one.includes('responsetime'));
    const filter = readFilter(command).value ?? assert.fail('there is no such command');
    const posted = (path: string, seconds = 0.2) =>
      segment({
        end_time: 100 + seconds,
        http: { request: { method: 'POST', url: `http://gateway:8080${path}` }, response: { status: 201 } },
      });
    assert.equal(matches(filter, posted('/checkout')), true);
    for (const other of [
      posted('/orders/o-1/refund'),
      posted('/sessions'),
      posted('/messages'),
      posted('/checkout', 9),
    ])
      assert.equal(matches(filter, other), false);
  });

  test('the score is made of two straight lines that meet at the pass mark', () => {
    assert.match(guide('exam'), /two straight lines that meet at the pass mark/);
    const slope = (from: number, to: number) => (scaledScore(to, 50) - scaledScore(from, 50)) / (to - from);
    assert.ok(Math.abs(slope(0, 18) - slope(18, 36)) < 0.1);
    assert.ok(Math.abs(slope(36, 43) - slope(43, 50)) < 0.1);
    assert.ok(slope(36, 50) - slope(0, 36) > 1);
  });

  test('no text says that tracing costs nothing, or that a filter finds each and all', () => {
    for (const page of ['how-a-segment-travels', 'filter-expressions', 'aws-cli', 'exam', 'getting-started'])
      assert.doesNotMatch(guide(page), /never slows|every SDK|everything you know/, page);
    const lab = readFileSync(join(root, 'labs/01-your-first-trace/index.mdx'), 'utf8');
    assert.doesNotMatch(lab, /finds every/);
  });
});
