/** The markup of every screen, read as text: lists cannot get two equal keys, and each panel fails alone. */
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keyedLists, uncovered, type KeyedList } from './markup.ts';

const site = fileURLToPath(new URL('..', import.meta.url));
const read = (file: string) => readFileSync(join(site, file), 'utf8');
const filesOf = (kind: string) =>
  globSync(`**/*.${kind}`, { cwd: site }).map((file) => file.replaceAll('\\', '/'));
const sources = new Map(filesOf('svelte').map((file) => [file, read(file)]));

/**
 * Keys that are no index, and why no data can make two of them equal: Svelte draws nothing of a list that has two. What comes
 * from a document of a trace has no key but its place, or one from `uniqueKeys`. A bare name says nothing of what it is, and
 * stands here with its list.
 */
const unique: Record<string, string> = {
  'row.key': 'rowKeys',
  'node.key': 'serviceMap',
  'edge.key': 'serviceMap',
  'other.key': 'serviceMap; callersOf and calleesOf name each once',
  'one.key': 'serviceMap',
  'row.id': 'joined in console/trace-list/trace-row.ts',
  'shown (place)': 'an index that was given before the list was filtered',
  'facts (key)': 'annotations: members of one object',
  'namespaces (namespace)': 'members of one object',

  'area.id': 'the catalogue of faults: faults.test.ts',
  'fault.id': 'the catalogue of faults, of which each is on once',
  'setting.path': 'members of one JSON schema',
  'process.name': 'the table of processes',
  'crashesOf(processes) (name)': 'the table of processes',
  'step.id': 'defineLab refuses two steps with one id',
  'lesson.id': 'folders under labs/',
  'option.id': 'quiz/check.ts',
  'verbsFor(process) (verb)': 'a table in this file',
  'columns (column)': 'a table in this file',
  'question.evidence.fields (field)': 'the form of an evidence: traceId, segmentId',
  'troubles (status)': 'the five statuses, each once',
  "severity.toReversed().filter((status) => status !== 'pending') (status)": 'the five statuses, each once',
  "ringOrder.filter((status) => status !== 'pending') (status)": 'the five statuses, each once',
  'arc.status': 'the five statuses, each once',
  'group.screen': 'a table of ours',
  'place.name': 'a table in this file',
  'preset.seconds': 'a table of ours',
  'one.id': 'a table of ours: tabs, pills',
};

/** In the table by its key, when that says whose it is, else with its list. */
const nameOf = ({ key, written }: KeyedList) => (/^\w+\.\w+$/.test(key) ? key : written);

const questionable = (source: string) =>
  keyedLists(source)
    .filter((list) => !list.byIndex && !(nameOf(list) in unique))
    .map(({ written }) => written);

for (const [file, source] of sources) {
  if (keyedLists(source).length === 0) continue;
  test(`${file}: no data makes two keys of a list equal`, () =>
    assert.deepEqual(
      questionable(source),
      [],
      'use the index, uniqueKeys, or say in the table why it is unique',
    ));
}

test('the table of keys names none that is gone', () => {
  const used = new Set([...sources.values()].flatMap((source) => keyedLists(source).map(nameOf)));
  assert.deepEqual(
    Object.keys(unique).filter((key) => !used.has(key)),
    [],
  );
});

const planted = [
  ['{#each ids as id (id)}<a href="#a">{id}</a>{/each}', ['ids (id)']],
  [
    '{#if a}<p>{#each cause.exceptions as exception (exception.id)}x{/each}</p>{/if}',
    ['cause.exceptions (exception.id)'],
  ],
  ['{#each facts as { name, value } (name)}{value}{/each}', ['facts (name)']],
  ['{#each flat as { name, value } (name)}{value}{/each}', ['flat (name)']],
  ['{#snippet x()}{#each a as b (b.c + b.d)}{b}{/each}{/snippet}', ['a (b.c + b.d)']],
  ['{#each ids as id, index (index)}{id}{/each}{#each ids as id}{id}{/each}', []],
] as const;
for (const [source, expected] of planted) {
  test(`planted: ${source}`, () => assert.deepEqual(questionable(source), expected));
}

/** Panels that are drawn without a `<Panel>` of their own: in a file, and in the components that it uses. */
function barePanels(file: string, open: ReadonlyMap<string, string>, seen = new Set<string>()): string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const { panels, components, imports } = uncovered(open.get(file) ?? '');
  const inside = [...new Set(components)].flatMap((name) => {
    const path = imports.get(name);
    return path ? barePanels(posix.join(dirname(file), path), open, seen) : [];
  });
  return [...panels.map((panel) => `${file}: ${panel}`), ...inside];
}

/** What Astro's pages put on screen of Svelte: name and file, from the page's folder. */
const islands = filesOf('astro').flatMap((page) => {
  const source = read(page);
  const used = [...source.matchAll(/<(\w+)(?=[^>]*\sclient:)/g)].map(([, name]) => name!);
  return used.map((name) => {
    const [, path = ''] = new RegExp(`import ${name} from '(.+?)'`).exec(source) ?? [];
    return posix.join(dirname(page), path);
  });
});

test('pages have islands', () => assert.ok(islands.length >= 8, `${islands.length}`));

for (const island of new Set(islands)) {
  test(`${island} catches what fails in it, and each panel in it fails alone`, () => {
    const { top } = uncovered(sources.get(island) ?? '');
    assert.equal(top, 'Island', 'an island is one <Island>, and in it the screen');
    const bare = barePanels(island, sources);
    assert.ok(bare.length <= 1, `without a <Panel>:\n${bare.join('\n')}`);
  });
}

test('planted: a second panel without a boundary is found, wherever it stands', () => {
  const files = new Map([
    ['islands/A.svelte', "<script>import A from '../a/A.svelte';</script><Island><A /></Island>"],
    [
      'a/A.svelte',
      '<script>import B from \'./B.svelte\';</script><section class="panel"></section><Panel><p class="panel"></p></Panel><B />',
    ],
    [
      'a/B.svelte',
      '{#each x as y}<article class="card panel"></article>{/each}<li class="panel"><Panel>x</Panel></li>',
    ],
  ]);
  assert.deepEqual(barePanels('islands/A.svelte', files), [
    'a/A.svelte: <section class="panel">',
    'a/B.svelte: <article class="card panel">',
  ]);
});
