import { test } from 'node:test';
import assert from 'node:assert/strict';
import { detailsOf, isNoise, messageOf } from './failure.ts';

const circular: { self?: unknown } = {};
circular.self = circular;
const messages = [
  [new Error('no place for it'), 'no place for it'],
  [new Error('https://svelte.dev/e/each_key_duplicate'), 'Svelte: each_key_duplicate'],
  [new TypeError(''), 'TypeError'],
  ['a text', 'a text'],
  [{ code: 7 }, '{"code":7}'],
  [undefined, 'undefined'],
  [circular, '[object Object]'],
  [new Error('x'.repeat(1000)), `${'x'.repeat(300)}…`],
] as const;
for (const [thrown, expected] of messages) {
  test(`${expected.slice(0, 30)} is told in one line`, () => assert.equal(messageOf(thrown), expected));
}

test('the details name part, page, time and browser, and hold the stack', () => {
  const error = new Error('no place for it');
  error.stack = 'Error: no place for it\n    at draw (map.js:1:2)';
  const circumstances = {
    part: 'Service map',
    address: 'http://lab/console/map/',
    browser: 'B',
    at: new Date(0),
  };
  assert.equal(
    detailsOf({ ...circumstances, error }),
    [
      'X-Ray Lab: Service map failed',
      'no place for it',
      'Page: http://lab/console/map/',
      'Time: 1970-01-01T00:00:00.000Z',
      'Browser: B',
      'Error: no place for it',
      '    at draw (map.js:1:2)',
    ].join('\n'),
  );
  error.stack = 'draw@map.js:1:2';
  assert.match(detailsOf({ ...circumstances, error }), /B\nno place for it\ndraw@map\.js:1:2$/);
});

const origin = 'http://127.0.0.1:4321';
const noises = [
  ['a mistake of ours is told', new Error('x'), `${origin}/_astro/a.js`, false],
  ['a promise that nobody caught has no source, and is told', new Error('x'), undefined, false],
  ['an extension is not ours', new Error('x'), 'chrome-extension://abc/a.js', true],
  ['a request that was given up is no failure', new DOMException('gone', 'AbortError'), undefined, true],
  [
    'a resize loop is no failure',
    'ResizeObserver loop completed with undelivered notifications.',
    origin,
    true,
  ],
] as const;
for (const [name, thrown, source, expected] of noises) {
  test(name, () => assert.equal(isNoise(thrown, source, origin), expected));
}
