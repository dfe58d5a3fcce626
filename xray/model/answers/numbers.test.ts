import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { numberIn, readNumber } from './numbers.ts';

/** Every spelling of three seconds that a learner is known to use, and its neighbours. */
const seconds: [string | number, number][] = [
  [3, 3],
  ['3', 3],
  ['"3"', 3],
  ['3 s', 3],
  ['3s.', 3],
  ['3 sec', 3],
  ['3.0 s', 3],
  ['3.003', 3.003],
  ['3,02', 3.02],
  ['.5 s', 0.5],
  ['3000 ms', 3],
  ['3,000 ms', 3],
  ['3 000 ms', 3],
  ["3'000 ms", 3],
  ['1,234.5 ms', 1.2345],
  ['1.234,5 ms', 1.2345],
  ['3e3ms', 3],
  ['3000000 µs', 3],
  ['0.05 min', 3],
  ['0,05 min', 3],
  ['0.5 h', 1800],
  ['1 min 3 s', 63],
  ['1m3s', 63],
  ['1 minute and 3 seconds', 63],
  ['1 h, 2 min and 3 s', 3723],
  ['three seconds', 3],
  ['Three', 3],
  ['about 3', 3],
  ['~ 3 s each', 3],
  ['it took 3 s', 3],
  ['3-second', 3],
  ['a second', 1],
  ['half a second', 0.5],
  ['one and a half seconds', 1.5],
  ['three point two five seconds', 3.25],
  ['2½ min', 150],
  ['three thousand ms', 3],
  ['3 thousand ms', 3],
  ['three (3)', 3],
  ['3 s = 3000 ms', 3],
  ['3 or so', 3],
  ['payment tried it under payment, in the trace: 3 s', 3],
];

const noSeconds: [unknown, RegExp][] = [
  ['', /no number/],
  ['many', /"many" is not a number/],
  ['no idea', /is not a number/],
  [undefined, /no number/],
  [Number.NaN, /not a number/],
  [Infinity, /not a number/],
  ['2 or 3', /a choice of numbers\. Give one/],
  ['2-3', /a choice of numbers/],
  ['2–3 s', /a choice of numbers/],
  ['between 2 and 3', /a choice of numbers/],
  ['3 ± 0.1', /a choice of numbers/],
  ['3..4', /a choice of numbers/],
  ['2, 3', /more than one number/],
  ['1/2', /more than one number/],
  ['3 attempts of 3 s', /more than one number/],
  ['3 s and 4 s', /more than one number/],
  ['3 s 1 min', /more than one number/],
  ['more than 3', /leaves open/],
  ['up to 3', /leaves open/],
  ['< 3', /leaves open/],
  ['not 3', /leaves open/],
  ['1:03', /1 min 3 s/],
  ['3,003', /3\.003 and as 3003/],
  ['3.000 ms', /3 and as 3000/],
  ['1,23,4', /not a number/],
  ['9e999', /not a number/],
  ['-3', /below zero, which no time is/],
  ['−3 s', /below zero/],
  ['minus three', /below zero/],
  ['3 services', /"services" is not a unit here\. Write the number in seconds/],
  ['3 kg', /"kg" is not a unit/],
  ['5 %', /in per cent, and the question asks for a number in seconds/],
  ['3rd', /not a unit/],
  ['0x10', /more than one number|not a unit/],
];

const counts: [string, number][] = [
  ['six services', 6],
  ['6 services: gateway, auth and so on', 6],
  ['six of them', 6],
  ['6x', 6],
  ['3 times', 3],
  ['twice', 2],
  ['none', 0],
  ['3.0', 3],
  ['3,000', 3000],
  ['1,234', 1234],
  ['1.234', 1234],
  ['1 234 567', 1234567],
  ['a dozen', 12],
  ['two dozen', 24],
  ['half a dozen', 6],
  ['twenty-one', 21],
  ['twenty one', 21],
  ['a hundred', 100],
  ['one hundred and five', 105],
  ['two thousand three hundred', 2300],
];

const noCounts: [string, RegExp][] = [
  ['6 s', /in seconds, and the question asks for a number of services/],
  ['6 %', /in per cent/],
  ['3.5', /not a whole number of services/],
  ['half', /not a whole number/],
  ['3.000', /3 and as 3000/],
  ['-1', /below zero, which no count is/],
  ['11 or 7', /a choice of numbers/],
  ['one first attempt and two retries', /more than one number/],
  ['one twenty', /more than one number/],
  ['a couple', /not a number/],
  ['3rd', /not a number/],
];

describe('a number is judged by what it means', () => {
  for (const [text, value] of seconds) {
    test(`${JSON.stringify(text)} is ${value} s`, () => assert.deepEqual(readNumber(text, 's'), { value }));
  }
  for (const [text, value] of counts) {
    test(`${JSON.stringify(text)} is ${value}, counted`, () =>
      assert.deepEqual(readNumber(text, 'services'), { value }));
  }
  for (const [cases, unit] of [
    [noSeconds, 's'],
    [noCounts, 'services'],
  ] as const) {
    for (const [text, reason] of cases) {
      test(`${JSON.stringify(text)} is refused where ${unit} is asked for`, () =>
        assert.match(readNumber(text, unit).problem ?? 'taken', reason));
    }
  }

  test('another unit of time may be asked for', () => {
    assert.deepEqual([readNumber('3 s', 'ms').value, readNumber('90 s', 'min').value], [3000, 1.5]);
  });

  test('per cent and share are told apart', () => {
    assert.deepEqual([readNumber('5 %', '%').value, readNumber('five per cent', 'share').value], [5, 0.05]);
    assert.deepEqual([readNumber('5', '%').value, readNumber('0.05', 'share').value], [5, 0.05]);
    assert.match(readNumber('0.05', '%').problem ?? '', /Write it with the sign: 5 % or 0\.05 %/);
    assert.match(readNumber('5', 'share').problem ?? '', /5 % or 0\.05 %/);
  });

  test('without a unit a number is what it is', () => {
    assert.deepEqual([numberIn('-3'), numberIn('3.5'), numberIn('minus two')], [-3, 3.5, -2]);
  });
});

describe('for every number', () => {
  const whole = fc.integer({ min: 0, max: 999_999_999 });

  test('what was read is read again as the same', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.constantFrom('s', 'services', undefined),
        (value, unit) => {
          assert.equal(numberIn(value, unit), value);
          assert.equal(numberIn(String(value), unit), value);
        },
      ),
    );
  });

  test('the custom of writing groups does not matter', () => {
    fc.assert(
      fc.property(whole, (value) => {
        const english = value.toLocaleString('en-US');
        for (const spelling of [english, english.replaceAll(',', ' '), english.replaceAll(',', "'")]) {
          assert.equal(numberIn(spelling, 'calls'), value, spelling);
        }
      }),
    );
  });

  test('milliseconds are the same in every unit and spelling', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3_600_000 }), (milliseconds) => {
        const value = milliseconds / 1000;
        const [minutes, rest] = [Math.floor(value / 60), Number((value % 60).toFixed(3))];
        const spellings = [
          `${milliseconds} ms`,
          `${milliseconds.toLocaleString('en-US')}ms`,
          `${value.toFixed(4)} s`,
          `about ${value.toFixed(4).replace('.', ',')} seconds`,
          ...(minutes > 0 ? [`${minutes} min ${rest} s`] : []),
        ];
        for (const spelling of spellings) {
          assert.ok(Math.abs((numberIn(spelling, 's') ?? NaN) - value) < 1e-6, spelling);
        }
      }),
    );
  });

  test('two different ones are never taken for one', () => {
    const joints = [' or ', '-', ' – ', ' to ', ' / ', '; ', ' and ', ' s, '];
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 99 }),
        fc.constantFrom(...joints),
        (one, other, joint) => {
          fc.pre(one !== other);
          assert.equal(numberIn(`${one}${joint}${other}`, 's'), undefined);
        },
      ),
    );
  });

  test('words say the same as digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), (value) =>
        assert.equal(numberIn(inWords(value)), value),
      ),
    );
  });

  test('no text makes it throw, or gives what is no number', () => {
    const pieces = fc.constantFrom(
      '3',
      '½',
      ' ',
      'ms',
      '-',
      'and',
      'a',
      'half',
      'dozen',
      '.',
      ',',
      '%',
      'twenty',
      'e9',
      ':',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(pieces).map((list) => list.join('')),
        ),
        (text) => {
          const { value } = readNumber(text, 's');
          assert.ok(value === undefined || (Number.isFinite(value) && value >= 0), text);
        },
      ),
    );
  });
});

const ONES =
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen'.split(
    ' ',
  );
const TENS = ['', '', 'twenty', 'thirty', 'forty', 'fifty', 'sixty', 'seventy', 'eighty', 'ninety'];

function inWords(value: number): string {
  if (value < 20) return ONES[value] as string;
  if (value < 100) return `${TENS[Math.floor(value / 10)]}${value % 10 ? `-${ONES[value % 10]}` : ''}`;
  const [size, name] = value < 1000 ? [100, 'hundred'] : [1000, 'thousand'];
  const rest = value % size;
  const joint = rest > 0 && rest < 100 ? ' and ' : ' ';
  return `${inWords(Math.floor(value / size))} ${name}${rest ? `${joint}${inWords(rest)}` : ''}`;
}
