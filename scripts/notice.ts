/**
 * `npm run notice`: writes NOTICE, which names the packages that X-Ray Lab is built from and runs on, who holds their
 * copyright, and their licences. What only develops or tests it is not in it. A test says when the file is stale.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

interface LockedPackage {
  version?: string;
  license?: string;
  dev?: boolean;
  devOptional?: boolean;
  optional?: boolean;
  link?: boolean;
}

interface Package {
  name: string;
  version: string;
  licence: string;
  /** As its own licence file says, each line once. */
  copyright: string[];
  /** The licence's text; undefined for a package that has no file of it, or is not on every machine. */
  text: string | undefined;
}

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The whole file, from `package-lock.json` and the licence files of the installed packages. */
export function notice(folder: string = root): string {
  const packages = packagesOf(folder);
  const licences = [...new Set(packages.map(({ licence }) => licence))].sort();
  const under = (licence: string) => packages.filter((one) => one.licence === licence);
  return [
    'X-Ray Lab',
    'Copyright 2026 The X-Ray Lab authors',
    'Licensed under the Apache License, Version 2.0; see LICENSE.',
    '',
    'X-Ray Lab runs on, and its pages contain, the following packages of others. Each one’s licence file lies in its folder',
    'under node_modules; the texts that most of them carry follow below. Made by `npm run notice`.',
    '',
    ...licences.flatMap((licence) => [
      `── ${licence} (${under(licence).length})`,
      '',
      ...under(licence).flatMap(({ name, version, copyright }) => [
        `${name} ${version}`,
        ...copyright.map((line) => `    ${line}`),
      ]),
      '',
    ]),
    ...licences.flatMap((licence) => {
      const text = usualText(under(licence));
      return text === undefined ? [] : [`══ ${licence}`, '', text, ''];
    }),
  ].join('\n');
}

function packagesOf(folder: string): Package[] {
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const found = new Map<string, Package>();
  for (const [path, locked] of Object.entries(packages)) {
    if (!path.includes('node_modules/') || locked.link || locked.dev || locked.devOptional) continue;
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const version = locked.version ?? '';
    // What is installed on some machines only would make another file on each.
    const file = locked.optional ? undefined : licenceFile(join(folder, path));
    found.set(`${name} ${version}`, {
      name,
      version,
      licence: locked.license ?? 'not named',
      copyright: copyrightIn(file),
      text: file && withoutCopyright(file),
    });
  }
  return [...found.values()].sort((a, b) => compare(a.name, b.name) || compare(a.version, b.version));
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function licenceFile(folder: string): string | undefined {
  if (!existsSync(folder)) throw new Error(`${folder} is not installed. Run npm ci, and try again.`);
  const entries = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^(?:licen[cs]e|copying)/i.test(entry.name))
    .map(({ name }) => name)
    .sort();
  return entries[0] && readFileSync(join(folder, entries[0]), 'utf8').replaceAll('\r\n', '\n');
}

/** A line that names a holder, and not one of the licence's own sentences about copyright. */
const HOLDER = /^\W*(?:copyright\s+(?:\(c\)|©|\d{4}|[A-Z])|\(c\)\s+\d{4}|©)/i;
const SENTENCE = /copyright (?:notice|holders?\b|owner|license|statement|interest|law)|\[yyyy\]|\[name of/i;

const isHolder = (line: string) => HOLDER.test(line) && !SENTENCE.test(line);

function copyrightIn(text: string | undefined): string[] {
  const lines = (text ?? '').split('\n').filter(isHolder);
  return [...new Set(lines.map((line) => line.replace(/^[\s*#/-]+/, '').trim()))];
}

const withoutCopyright = (text: string) =>
  text
    .split('\n')
    .filter((line) => !isHolder(line))
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/** The text that most of these packages carry, whatever its line breaks; of two the first. */
function usualText(packages: readonly Package[]): string | undefined {
  const counts = new Map<string, { text: string; count: number }>();
  for (const { text } of packages) {
    if (text === undefined) continue;
    const key = text.replaceAll(/\s+/g, ' ').toLowerCase();
    counts.set(key, { text: counts.get(key)?.text ?? text, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count)[0]?.text;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, 'NOTICE'), notice());
