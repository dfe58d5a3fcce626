import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { watchFile } from './watched-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'watched-file-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'file.json');

let time = 0;
let errors: string[] = [];
beforeEach(() => {
  time = 0;
  errors = [];
  writeFileSync(path, '1');
});

const watch = () =>
  watchFile(path, {
    parse: (text) => (text === undefined ? 'nothing' : (JSON.parse(text) as unknown)),
    onError: (sentence) => errors.push(sentence),
    clock: () => time,
  });

test('a change is in force 200 milliseconds later, one of the same size and time too', () => {
  const file = watch();
  writeFileSync(path, '2');
  time = 199;
  assert.equal(file.current(), 1);
  time = 200;
  assert.equal(file.current(), 2);
});

test('a broken version leaves the one before in force, and is told once', () => {
  const file = watch();
  writeFileSync(path, '{');
  for (time = 200; time < 1000; time += 200) assert.equal(file.current(), 1);
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, /JSON.*What it said before stays in force\.$/);
});

test('after a broken version comes a good one, the same as before or another', () => {
  const file = watch();
  for (const [text, value] of [
    ['{', 1],
    ['1', 1],
    ['{', 1],
    ['3', 3],
  ] as const) {
    writeFileSync(path, text);
    time += 200;
    assert.equal(file.current(), value);
  }
  assert.equal(errors.length, 2);
});

test('a file may come and go', () => {
  const file = watch();
  rmSync(path);
  time = 200;
  assert.equal(file.current(), 'nothing');
  writeFileSync(path, '4');
  time = 400;
  assert.equal(file.current(), 4);
});

test('a file that is broken from the start is an error', () => {
  writeFileSync(path, '{');
  assert.throws(watch, SyntaxError);
});
