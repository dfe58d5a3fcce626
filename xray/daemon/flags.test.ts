import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags, usage } from './flags.ts';

const cases = [
  {
    name: 'short flags',
    words: ['-b', '0.0.0.0:2000', '-o'],
    expected: { bind: '0.0.0.0:2000', 'local-mode': true },
  },
  {
    name: 'long flags',
    words: ['--bind-tcp', ':3000', '--log-level', 'dev'],
    expected: { 'bind-tcp': ':3000', 'log-level': 'dev' },
  },
  {
    name: 'one dash before a long name, as Go allows',
    words: ['-region', 'eu-west-1'],
    expected: { region: 'eu-west-1' },
  },
  {
    name: 'a value after an equals sign',
    words: ['-c=/etc/x.yaml', '--local-mode=false'],
    expected: { config: '/etc/x.yaml', 'local-mode': false },
  },
  { name: 'memory in megabytes', words: ['-m', '50'], expected: { 'buffer-memory': 50 } },
  {
    name: 'numbers as Go writes them',
    words: ['-m', '0x1_0'],
    expected: { 'buffer-memory': 16 },
  },
  { name: 'two dashes end the flags', words: ['-o', '--', '-v'], expected: { 'local-mode': true } },
  {
    name: 'reading stops at the first word that is no flag',
    words: ['-o', 'word', '-v'],
    expected: { 'local-mode': true },
  },
];
for (const { name, words, expected } of cases) {
  test(`${name}: ${words.join(' ')}`, () => assert.deepEqual(parseFlags(words), expected));
}

const refused = [
  { words: ['-x'], says: 'flag provided but not defined: -x' },
  { words: ['-b'], says: 'flag needs an argument: -b' },
  { words: ['-=3'], says: 'bad flag syntax: -=3' },
  { words: ['---x'], says: 'bad flag syntax: ---x' },
  { words: ['-o=maybe'], says: 'invalid boolean value "maybe" for -o: parse error' },
  { words: ['-m', 'lots'], says: 'invalid value "lots" for flag -m: parse error' },
];
for (const { words, says } of refused) {
  test(`${words.join(' ')}: ${says}`, () => assert.throws(() => parseFlags(words), { message: says }));
}

test('the usage names each flag in both forms', () => {
  for (const flag of '-a -o -m -n -b -t -r -c -f -l -p -v -h'.split(' '))
    assert.match(usage, new RegExp(`\t${flag}\t--`));
});
