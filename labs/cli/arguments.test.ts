import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { nearest, readArguments, readParameters, UsageError, wholeNumber } from './arguments.ts';

describe('what follows a verb', () => {
  test('words and flags may come in any order', () => {
    const flags = { count: { type: 'string' } } as const;
    for (const line of ['a b --count 3 --json', '--json a --count=3 b']) {
      const { words, flags: given } = readArguments('send', line.split(' '), flags);
      assert.deepEqual(words, ['a', 'b']);
      assert.deepEqual([given['count'], given['json']], ['3', true]);
    }
  });

  test('a negative number is a word', () => {
    assert.deepEqual(readArguments('answer', ['lab', 'step', '-3.5']).words, ['lab', 'step', '-3.5']);
  });

  test('a filter expression stays as it was written', () => {
    const filter = 'annotation.orderId = "A17" AND !ok';
    assert.deepEqual(readArguments('answer', ['01', '5', filter]).words, ['01', '5', filter]);
  });

  for (const [name, words] of [
    ['an unknown flag', ['--cuont', '3']],
    ['a flag without its value', ['--count']],
  ] as const) {
    test(`${name} is a wrong use that names the verb and the flag`, () => {
      assert.throws(
        () => readArguments('send', words, { count: { type: 'string' } }),
        (error) => error instanceof UsageError && /^send: .*--c/.test(error.message),
      );
    });
  }
});

describe('numbers given to flags', () => {
  test('a whole number in range is taken', () => assert.equal(wholeNumber('count', '12', 1, 100), 12));
  for (const text of ['', '0', '101', '1.5', 'ten', '-1']) {
    test(`"${text}" is not one from 1 to 100`, () => {
      assert.throws(() => wholeNumber('count', text, 1, 100), /--count: .* from 1 to 100/);
    });
  }
});

describe('--param', () => {
  test('numbers and truth values are read as such, the rest is text', () => {
    assert.deepEqual(readParameters(['share=0.5', 'route=/charges?a=b', 'retry=true', 'empty=']), {
      share: 0.5,
      route: '/charges?a=b',
      retry: true,
      empty: '',
    });
  });
  for (const pair of ['share', '=1', '']) {
    test(`"${pair}" is not NAME=VALUE`, () => assert.throws(() => readParameters([pair]), UsageError));
  }
});

describe('the verb that was meant', () => {
  const verbs = ['status', 'stop', 'start', 'send', 'reset', 'restart', 'doctor', 'down'];
  const cases = [
    { typed: 'statsu', meant: 'status' },
    { typed: 'stauts', meant: 'status' },
    { typed: 'doc', meant: 'doctor' },
    { typed: 'sned', meant: 'send' },
    { typed: 'rest', meant: 'restart' },
    { typed: 'deploy', meant: undefined },
    { typed: '', meant: undefined },
  ];
  for (const { typed, meant } of cases) {
    test(`"${typed}" is ${meant ?? 'none of them'}`, () => assert.equal(nearest(typed, verbs), meant));
  }
});
