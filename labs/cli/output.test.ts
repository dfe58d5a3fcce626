import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { columns, duration, shellQuoted, styleFor, wrapped } from './output.ts';

describe('output', () => {
  test('columns are aligned, and colours do not count', () => {
    const style = styleFor({ isTTY: true }, {});
    const text = columns([
      [style.good('ok'), 'a'],
      ['waiting', 'b'],
    ]);
    const [first, second] = text.split('\n');
    assert.equal(second, 'waiting  b');
    assert.ok(first?.endsWith('       a'));
  });

  for (const [name, stream, env, coloured] of [
    ['a terminal gets colours', { isTTY: true }, {}, true],
    ['a pipe gets none', {}, {}, false],
    ['NO_COLOR is obeyed', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR says nothing', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal gets none', { isTTY: true }, { TERM: 'dumb' }, false],
  ] as const) {
    test(name, () => assert.equal(styleFor(stream, env).good('x') !== 'x', coloured));
  }

  for (const [milliseconds, text] of [
    [0.42, '0.42 ms'],
    [38.4, '38 ms'],
    [1240, '1.24 s'],
    [123_000, '2 min 3 s'],
  ] as const) {
    test(`${milliseconds} milliseconds are ${text}`, () => assert.equal(duration(milliseconds), text));
  }

  test('a long sentence is broken between words', () => {
    assert.equal(wrapped('one two three', '  ', 8), '  one two\n  three');
  });

  for (const value of ['plain', "it's", '$(rm -rf x) `y` "z" \\', 'two words']) {
    test(`a shell reads ${value} back as it was`, () => {
      const out = execFileSync('sh', ['-c', `printf %s ${shellQuoted(value)}`], { encoding: 'utf8' });
      assert.equal(out, value);
    });
  }
});
