import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog, type LogLevel } from './log.ts';

function written(level: LogLevel): string {
  let text = '';
  const log = createLog(
    level,
    (line) => (text += line),
    () => new Date('2026-11-22T17:35:44.123Z'),
  );
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  return text;
}

test('a line is time, level and text, as AWS writes it', () => {
  assert.equal(
    written('info'),
    '2026-11-22T17:35:44Z [Info] b\n2026-11-22T17:35:44Z [Warn] c\n2026-11-22T17:35:44Z [Error] d\n',
  );
});

for (const [level, lines] of [
  ['dev', 4],
  ['debug', 4],
  ['prod', 3],
  ['warn', 2],
  ['error', 1],
] as const) {
  test(`level ${level} writes ${lines} of the four`, () => {
    assert.equal(written(level).split('\n').length - 1, lines);
  });
}

for (const [name, text, shown] of [
  ['an escape is shown', '\x1b]0;title\x07', '\\x1b]0;title\\x07'],
  ['a return overwrites nothing', 'a\rb', 'a\\rb'],
] as const) {
  test(`what a datagram says acts on nothing: ${name}`, () => {
    let line = '';
    createLog(
      'dev',
      (text) => (line += text),
      () => new Date('2026-11-22T17:35:44Z'),
    ).warn(text);
    assert.equal(line, `2026-11-22T17:35:44Z [Warn] ${shown}\n`);
  });
}
