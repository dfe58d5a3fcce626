/** bench/RESULTS.md: the last kept result of each bench, written by `npm run bench -- NAME --keep`. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Bench } from './bench.ts';
import type { Machine } from './measure.ts';

const file = new URL('RESULTS.md', import.meta.url);

/** Puts a bench's result in the place of its last one, or at the end. */
export function keepResult(name: string, bench: Bench, machine: Machine): void {
  writeFileSync(file, withResult(readFileSync(file, 'utf8'), name, section(name, bench, machine)));
}

/** The page with `section` in the place of the one of the same name. */
export function withResult(page: string, name: string, section: string): string {
  const sections = page.split(/^(?=## )/m);
  const place = sections.findIndex((text) => text.startsWith(`## ${name},`));
  const rest = sections.map((text) => `${text.trimEnd()}\n`);
  rest.splice(place === -1 ? rest.length : place, place === -1 ? 0 : 1, section);
  return rest.join('\n');
}

function section(name: string, bench: Bench, { cpu, memory, system, node, date }: Machine): string {
  const table = bench.rows.map(
    ({ what, ours, peer, ratio, budget, kept }) =>
      `| ${[what, ours, peer, ratio, kept ? budget : `${budget} (not kept)`].join(' | ')} |`,
  );
  return `${[
    `## ${name}, ${date}`,
    '',
    `${cpu}, ${memory}, ${system}, Node ${node}.`,
    `Measured: ${bench.name}.`,
    `Peer: ${bench.peer}.`,
    '',
    '| what | ours | peer | ratio | budget |',
    '|---|---|---|---|---|',
    ...table,
    ...(bench.notes?.length ? ['', ...bench.notes.map((note) => `* ${note}`)] : []),
  ].join('\n')}\n`;
}
