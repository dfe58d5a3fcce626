import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fitsWildcards } from './wildcards.ts';

/** The same question asked of a regular expression. */
const asExpression = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '[^]*').replaceAll('?', '[^]')}$`).test(text);

test('a pattern fits what the regular expression of the same meaning fits', () => {
  const letters = (...all: string[]) => fc.array(fc.constantFrom(...all), { maxLength: 8 });
  fc.assert(
    fc.property(letters('a', 'b', '.', '*', '?'), letters('a', 'b', '.', '*', '\n'), (pattern, text) => {
      const [given, asked] = [pattern.join(''), text.join('')];
      assert.equal(fitsWildcards(given, asked), asExpression(given, asked), `${given} ${asked}`);
    }),
    { numRuns: 2000 },
  );
});

test('a long text of colons is asked about an ARN with wildcards in a moment', () => {
  const pattern = 'arn:aws:xray:*:*:*:*:sampling-rule/own-*';
  const start = process.threadCpuUsage();
  assert.equal(fitsWildcards(pattern, `arn:aws:xray:${':'.repeat(100_000)}`), false);
  assert.ok(process.threadCpuUsage(start).user < 50_000);
});
