import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeToken, encodeToken, pageOf } from './page.ts';

const invalid = { name: 'InvalidRequestException', message: 'NextToken is not valid for this request.' };

test('pages continue where the last one ended, and the last one has no token', () => {
  const items = ['a', 'b', 'c', 'd', 'e'];
  const seen: string[] = [];
  for (let token: string | undefined, more = true; more; more = token !== undefined) {
    const { page, NextToken } = pageOf(items, token, 2);
    seen.push(...page);
    token = NextToken;
  }
  assert.deepEqual(seen, items);
});

test('each item comes once although others come and go between two pages', () => {
  const list = { key: (name: string) => name };
  const first = pageOf(['b', 'd', 'f', 'h'], undefined, 2, list);
  assert.deepEqual(first.page, ['b', 'd']);
  assert.deepEqual(pageOf(['a', 'b', 'c', 'd', 'f', 'h'], first.NextToken, 2, list).page, ['f', 'h']);
  assert.deepEqual(pageOf(['d', 'f', 'h'], first.NextToken, 2, list).page, ['f', 'h']);
});

test('a page goes on where it was when the last item shown has gone', () => {
  const list = { key: (name: string) => name };
  const { NextToken } = pageOf(['b', 'd', 'f', 'h'], undefined, 2, list);
  assert.deepEqual(pageOf(['b', 'c', 'f', 'h'], NextToken, 2, list).page, ['f', 'h']);
});

test('a token of another list is refused', () => {
  const { NextToken } = pageOf([1, 2], undefined, 1, { query: 'groups' });
  assert.throws(() => pageOf([1, 2], NextToken, 1, { query: 'tags' }), invalid);
});

test('a token gives its position back to the query it came from', () => {
  const token = encodeToken({ StartTime: 1 }, [7, 8]);
  assert.deepEqual(decodeToken({ StartTime: 1 }, token, 2), [7, 8]);
});

test('a token of another query is refused', () => {
  assert.throws(() => decodeToken({ StartTime: 2 }, encodeToken({ StartTime: 1 }, [7]), 1), invalid);
});

for (const token of ['', 'abc', '////', Buffer.from('{"a":1}').toString('base64url')]) {
  test(`the text "${token}" is no token`, () => assert.throws(() => decodeToken('list', token, 1), invalid));
}
