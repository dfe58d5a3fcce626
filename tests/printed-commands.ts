import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './imports.ts';

/** The commands of one fenced block, in order, as a reader copies them. */
export interface PrintedBlock {
  /** Relative to the repository. */
  file: string;
  commands: string[];
}

/** Texts that show commands to somebody who uses the lab. */
const TEXTS = [
  'README.md',
  'labs/*/{index.mdx,facilitator.md}',
  'site/src/content/docs/**/*.mdx',
  'sample-app/README.md',
  'xray/README.md',
  'xray/{api,iam}/README.md',
];

const files = (patterns: readonly string[]) =>
  patterns.flatMap((pattern) => globSync(pattern, { cwd: root })).map((file) => file.replaceAll('\\', '/'));

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Every `console` and `sh` block of the texts. */
export function printedBlocks(): PrintedBlock[] {
  return files(TEXTS).flatMap((file) =>
    [...read(file).matchAll(/^([ \t]*)```(?:console|sh)[^\n]*\n(.*?)^\1```$/gms)].map(
      ([, indent = '', block = '']) => ({
        file,
        commands: commandsOf(block.replaceAll(new RegExp(`^${indent}`, 'gm'), '')),
      }),
    ),
  );
}

/** One command an entry; lines that end in a backslash belong together, and comments are none. */
export function commandsOf(block: string): string[] {
  return block
    .replaceAll(/\\\n\s*/g, '\\\n  ')
    .split(/(?<!\\)\n/)
    .map((command) => command.replace(/\s+# .*$/, '').trim())
    .filter((command) => command !== '' && !command.startsWith('#'));
}

/** Whether the command speaks to AWS's APIs, and so could speak to AWS. */
export const isAws = (command: string): boolean => /^(?:[A-Z_]+=\S+ )*aws /.test(command);

/** Sources whose texts a learner reads on a page or in a terminal. */
const SOURCES = [
  'labs/*/{lab,checks}.ts',
  'labs/kit/*.ts',
  'labs/cli/**/*.ts',
  'labs/server/**/*.ts',
  'quiz/**/*.ts',
  'sample-app/faults/*.ts',
  'scripts/{start,first-trace}.ts',
  'site/src/**/*.{svelte,astro,ts}',
];

/** What stands in texts outside of blocks and in the strings of sources, without the comments of the authors. */
export function printedWords(): { file: string; text: string }[] {
  return [
    ...files(TEXTS).map((file) => ({ file, text: read(file).replaceAll(/^[ \t]*```.*?^[ \t]*```$/gms, '') })),
    ...files(SOURCES)
      .filter((file) => !/\.(test|fixture)\.ts$|\/testing\//.test(file))
      .map((file) => ({
        file,
        text: read(file)
          .replaceAll(/\/\*.*?\*\//gs, '')
          .replaceAll(/(^|\s)\/\/ .*$/gm, ''),
      })),
  ];
}

/** What the checks of the labs say to run when they can't tell, without those that are put together while running. */
export const remedies = (): string[] => [
  ...new Set(
    files(['labs/**/*.ts'])
      .filter((file) => !/\.(test|fixture)\.ts$|\/testing\//.test(file))
      .flatMap((file) =>
        [...read(file).matchAll(/remedy: '(npm run [^'`]*)'/g)].map(([, command = '']) => command),
      ),
  ),
];
