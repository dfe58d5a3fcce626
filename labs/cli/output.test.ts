import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { columns, duration, printable, shellQuoted, styleFor, wrapped } from './output.ts';

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

describe('what is printed', () => {
  const style = styleFor({ isTTY: true }, {});

  test('our colours are colours, those of others are shown', () => {
    const log = '\x1b[32mok\x1b[39m\r\x1b[2J';
    assert.equal(
      printable(`${style.bad('fail')} ${log}`),
      '\x1b[31mfail\x1b[39m \\x1b[32mok\\x1b[39m\\r\\x1b[2J',
    );
  });

  test('a text of others inside a colour of ours', () => {
    assert.equal(printable(style.strong('a\x1bb')), '\x1b[1ma\\x1bb\x1b[22m');
  });

  test('lines stay lines', () => assert.equal(printable('a\nb'), 'a\nb'));
});

for (const [name, words] of [
  ['an unknown verb', ['\x1b[2Jst\natus']],
  ['an argument that a verb does not take', ['traffic', 'x', '\x1b]0;t\x07\u202e']],
  ['an unknown flag', ['status', '--\x1b[31m\nred']],
] as const) {
  test(`${name} with an escape in it is an error on one visible line`, () => {
    const lab = join(import.meta.dirname, 'lab.ts');
    const { status, stderr } = spawnSync(
      process.execPath,
      ['--disable-warning=ExperimentalWarning', lab, ...words],
      {
        encoding: 'utf8',
      },
    );
    assert.equal(status, 2);
    assert.match(stderr, /^[^\x00-\x1f\x7f-\x9f\u202e]+\n$/);
  });
}
