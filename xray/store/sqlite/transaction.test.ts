import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { afterCommit, transaction } from './transaction.ts';

function database(): DatabaseSync {
  const made = new DatabaseSync(':memory:');
  made.exec('CREATE TABLE kept (value TEXT)');
  return made;
}

test('what is remembered about a write is remembered after the outermost commit, in order', () => {
  const db = database();
  const seen: string[] = [];
  transaction(db, () => {
    transaction(db, () => afterCommit(db, () => seen.push('inner')));
    afterCommit(db, () => seen.push('outer'));
    assert.deepEqual(seen, []);
  });
  assert.deepEqual(seen, ['inner', 'outer']);
  afterCommit(db, () => seen.push('outside'));
  assert.deepEqual(seen, ['inner', 'outer', 'outside']);
});

test('nothing is remembered of a transaction that failed, also when it failed after an inner one', () => {
  const db = database();
  const seen: string[] = [];
  assert.throws(() =>
    transaction(db, () => {
      transaction(db, () => afterCommit(db, () => seen.push('inner')));
      throw new Error('the disk is full');
    }),
  );
  transaction(db, () => undefined);
  assert.deepEqual(seen, []);
  assert.equal(db.isTransaction, false);
});
