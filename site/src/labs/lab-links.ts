import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The folder that holds one folder per lab, `NN-name/index.mdx`. */
const labsFolder = fileURLToPath(new URL('../../../labs/', import.meta.url));

/** The title in an mdx file's frontmatter, without quotes. Undefined when it has none. */
export function frontmatterTitle(source: string): string | undefined {
  const block = /^---\r?\n([\s\S]*?)\r?\n---/.exec(source)?.[1];
  return block && /^title:\s*(['"]?)(.*)\1\s*$/m.exec(block)?.[2];
}

/** One sidebar link per lab, in the order of the folders' numbers. Read at build time. */
export function labLinks(folder: string = labsFolder): { label: string; link: string }[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /^\d\d-/.test(entry.name))
    .map((entry) => ({ name: entry.name, file: join(folder, entry.name, 'index.mdx') }))
    .filter(({ file }) => existsSync(file))
    .sort((a, b) => a.name.localeCompare(b.name))
    .map(({ name, file }) => ({
      label: frontmatterTitle(readFileSync(file, 'utf8')) ?? name,
      link: `/labs/${name}/`,
    }));
}
