import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readFilter } from './filters.ts';
import { readAnswer, takes, type AnswerForm } from './form.ts';
import { readSegmentId, readTraceId, traceIdIn } from './ids.ts';
import { shellWords } from './shell-words.ts';

const filter = 'annotation.orderId = "o-1"';
const command = String.raw`$ aws xray get-trace-summaries --start-time $(( $(date +%s) - 300 )) \
    --end-time $(( $(date +%s) + 1 )) --filter-expression 'annotation.orderId = "o-1"' --query 'length(TraceSummaries)'`;
const pasted: { name: string; text: string }[] = [
  { name: 'as it is', text: filter },
  { name: 'between spaces', text: `  ${filter}\n` },
  { name: 'on two lines', text: 'annotation.orderId\n  = "o-1"' },
  { name: 'in single quotes', text: `'${filter}'` },
  { name: 'in double quotes, escaped', text: String.raw`"annotation.orderId = \"o-1\""` },
  { name: 'in double quotes, not escaped', text: `"${filter}"` },
  { name: 'escaped, without the outer quotes', text: String.raw`annotation.orderId = \"o-1\"` },
  { name: 'in backticks', text: `\`${filter}\`` },
  { name: 'with curly quotes', text: 'annotation.orderId = “o-1”' },
  { name: 'in curly quotes', text: `“${filter}”` },
  { name: 'as a flag', text: `--filter-expression '${filter}'` },
  { name: 'as a flag with =', text: `--filter-expression='${filter}'` },
  {
    name: 'as a flag in double quotes',
    text: String.raw`--filter-expression "annotation.orderId = \"o-1\"" --output text`,
  },
  { name: 'as a flag whose quotes were forgotten', text: `--filter-expression ${filter} --output text` },
  { name: 'as a flag in ANSI quotes', text: `--filter-expression $'annotation.orderId = "o-1"'` },
  { name: 'as a flag of PowerShell', text: '--filter-expression "annotation.orderId = `"o-1`""' },
  { name: 'in the whole command', text: command },
  {
    name: 'in the whole command, on lines',
    text: command.replace(' --filter-expression', ' \\\n  --filter-expression'),
  },
  { name: 'as a member in Python', text: `FilterExpression='${filter}'` },
  { name: 'as a member in JSON', text: String.raw`"FilterExpression": "annotation.orderId = \"o-1\"",` },
  {
    name: 'as an address of the trace list',
    text: `http://127.0.0.1:4321/console/traces/?filter=${encodeURIComponent(filter)}&timeRange=PT1H`,
  },
];

describe('a filter is found in what was pasted', () => {
  for (const { name, text } of pasted) {
    test(name, () => assert.deepEqual(readFilter(text), { value: filter }));
  }

  test('an expression that X-Ray refuses is handed on as it is meant', () => {
    assert.equal(readFilter('annotation.orderId =').value, 'annotation.orderId =');
    assert.equal(readFilter(`--filter-expression 'annotation.orderId ='`).value, 'annotation.orderId =');
  });
  test('nothing is no filter', () => {
    for (const nothing of ['', '  ', `''`, undefined, 3])
      assert.match(readFilter(nothing).problem ?? '', /no filter/);
  });

  test('a command without the flag is told so, and not taken for an expression', () => {
    for (const command of [
      'aws xray get-trace-summaries --start-time 1 --end-time 2',
      '$ aws xray get-trace-summaries \\\n  --start-time 1 --end-time 2',
      'aws xray batch-get-traces --trace-ids 1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f',
    ])
      assert.deepEqual(readFilter(command), { problem: 'This command has no --filter-expression.' });
  });

  const value = fc.stringMatching(/^[ -~]{0,20}$/);
  test('whatever the value, the quoting of bash is undone', () => {
    fc.assert(
      fc.property(value, (text) => {
        const meant = `annotation.x = "${text.replace(/["\\]/g, '\\$&')}"`;
        const single = `'${meant.replaceAll("'", `'\\''`)}'`;
        const double = `"${meant.replace(/["\\$`]/g, '\\$&')}"`;
        for (const quoted of [single, double]) {
          assert.equal(
            readFilter(`aws xray get-trace-summaries --filter-expression ${quoted} --output text`).value,
            meant,
          );
        }
      }),
    );
  });
  test('what was read is read again as the same', () => {
    for (const { text } of pasted) assert.equal(readFilter(readFilter(text).value).value, filter);
  });
});

test('shell words are those of bash', () => {
  assert.deepEqual(shellWords(String.raw`aws 'a b' "c \"d\" \n" e\ f $(( 1 + 1 ))` + ` \\\n g''h ''`), [
    ...['aws', 'a b', String.raw`c "d" \n`, 'e f', '$(( 1 + 1 ))', 'gh', ''],
  ]);
  assert.deepEqual(shellWords(`open 'never closed`), ['open', 'never closed']);
});

const id = '1-5f2e8a3b-1a2b3c4d5e6f7a8b9c0d1e2f';
describe('ids are found in what was pasted', () => {
  for (const text of [
    ...[id, ` ${id} `, `"${id}"`, id.toUpperCase(), `Root=${id};Parent=0123456789abcdef;Sampled=1`],
    ...[`http://localhost/console/trace/?id=${id}`, '5f2e8a3b1a2b3c4d5e6f7a8b9c0d1e2f', `${id} ${id}`],
  ]) {
    test(`${text} is a trace id`, () => assert.equal(traceIdIn(text), id));
  }
  for (const text of ['', 'yes', id.slice(0, -1), `${id}0`, id.replace(/.$/, 'g'), 7, undefined]) {
    test(`${text} is no trace id`, () => assert.match(readTraceId(text).problem ?? '', /trace id/));
  }
  test('two trace ids are refused', () =>
    assert.match(readTraceId(`${id} ${id.replace(/.$/, '0')}`).problem ?? '', /has 2 trace ids\. Give one/));

  const segment = '0123456789abcdef';
  for (const text of [
    segment,
    ` "${segment.toUpperCase()}" `,
    `"id": "${segment}"`,
    `Root=${id};Parent=${segment}`,
  ]) {
    test(`${text} is a segment id`, () => assert.deepEqual(readSegmentId(text), { value: segment }));
  }
  for (const [text, reason] of [
    ['0123456789abcde', /it has 16 hex digits, and this has 15/],
    ['0123456789abcdef0', /and this has 17/],
    ['0123456789abcdeg', /it has 16 hex digits\.$/],
    [id, /it has 16 hex digits/],
    ['payment', /it has 16 hex digits/],
    ['0123456789abcdef fedcba9876543210', /has 2 ids\. Give one/],
    ['', /no id/],
  ] as const) {
    test(`${text} is no segment id`, () => assert.match(readSegmentId(text).problem ?? '', reason));
  }
});

describe('an answer is read by its form', () => {
  const choice: AnswerForm = {
    type: 'choice',
    label: 'Which',
    choices: ['gateway → order', 'order → payment'],
  };
  test('a choice is spelled as the form spells it', () => {
    for (const text of ['order → payment', 'Order->Payment', ' "order -> payment" ']) {
      assert.deepEqual(readAnswer(choice, text), { value: 'order → payment' });
    }
    assert.match(readAnswer(choice, 'auth').problem ?? '', /not one of: gateway → order · order → payment/);
    assert.match(readAnswer(choice, '').problem ?? '', /Choose one/);
  });
  test('a number is returned in the unit of the form', () =>
    assert.deepEqual(readAnswer({ type: 'number', label: 'Lasted', unit: 's' }, '3000 ms'), { value: 3 }));
  test('a text loses its quotes', () =>
    assert.deepEqual(readAnswer({ type: 'value', label: 'Name' }, ' "payment" '), { value: 'payment' }));
  test('the form says what it takes', () => {
    assert.match(takes({ type: 'number', label: '', unit: 's' }) ?? '', /^in seconds; another unit/);
    assert.match(takes({ type: 'number', label: '', unit: 'calls' }) ?? '', /^a whole number of calls$/);
    assert.match(takes({ type: 'segment-id', label: '' }) ?? '', /16 hex digits/);
    assert.equal(takes(choice), undefined);
  });
});
