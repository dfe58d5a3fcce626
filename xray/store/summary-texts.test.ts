import { test } from 'node:test';
import assert from 'node:assert/strict';
import { SummaryTexts } from './summary-texts.ts';
import { tracesPerBlock } from './trace-catalog.ts';

const textOf = (number: number) => JSON.stringify({ Id: number, Name: 'überall\n', text: 'x'.repeat(200) });
const fill = (texts: SummaryTexts, blocks: number) => {
  for (let number = 0; number < blocks * tracesPerBlock; number += 1) texts.set(number, 1, textOf(number));
};

test('a text is given for the documents it tells of, and for no others', () => {
  const texts = new SummaryTexts(1e6);
  texts.set(300, 2, textOf(300));
  assert.equal(texts.get(300, 2), textOf(300));
  assert.equal(texts.get(300, 3), undefined);
  assert.equal(texts.get(301, 2), undefined);
  assert.equal(texts.get(3000, 2), undefined);
});

test('texts that were packed come back as they were, also those of blocks with gaps', () => {
  const texts = new SummaryTexts(1e6);
  for (let number = 0; number < 20 * tracesPerBlock; number += 3)
    texts.set(number, number + 1, textOf(number));
  for (let number = 0; number < 20 * tracesPerBlock; number += 1)
    assert.equal(
      texts.get(number, number + 1),
      number % 3 === 0 ? textOf(number) : undefined,
      String(number),
    );
});

test('a text that is set again after its block was packed is the new one', () => {
  const texts = new SummaryTexts(1e6);
  fill(texts, 20);
  texts.set(5, 2, textOf(-5));
  fill(texts, 0);
  for (let block = 1; block < 20; block += 1) texts.get(block * tracesPerBlock, 1);
  assert.equal(texts.get(5, 2), textOf(-5));
  assert.equal(texts.get(5, 1), undefined);
  assert.equal(texts.get(6, 1), textOf(6));
});

test('packed texts take little, and never more than they may: the least recently used go first', () => {
  const roomy = new SummaryTexts(1e9);
  fill(roomy, 100);
  const perBlock = roomy.bytes / 92;
  assert.ok(perBlock < (textOf(0).length * tracesPerBlock) / 20, `${perBlock} bytes a block`);

  const narrow = new SummaryTexts(perBlock * 10);
  fill(narrow, 50);
  assert.ok(narrow.bytes <= perBlock * 10);
  assert.equal(narrow.get(0, 1), undefined);
  assert.equal(narrow.get(49 * tracesPerBlock, 1), textOf(49 * tracesPerBlock));
});

test('a block that is forgotten is gone, open or packed', () => {
  const texts = new SummaryTexts(1e6);
  fill(texts, 12);
  const before = texts.bytes;
  texts.forget(0);
  texts.forget(11);
  assert.ok(texts.bytes < before);
  assert.equal(texts.get(7, 1), undefined);
  assert.equal(texts.get(11 * tracesPerBlock, 1), undefined);
});
