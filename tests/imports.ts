import { globSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

export interface SourceFile {
  /** Relative to the repository, with `/`. */
  path: string;
  text: string;
}

/** A folder of ours, what it may import of ours, and what it may import as types only. */
interface Area {
  folder: string;
  may: readonly string[];
  mayTypes?: readonly string[];
  /** Runs in the browser too: no `node:` modules. */
  browser?: boolean;
}

/**
 * Who may import whom (DESIGN, section 4, and docs/decisions/0006). The first area whose folder holds a file is its area.
 * An area may always import itself.
 */
export const areas: readonly Area[] = [
  { folder: 'xray/model', may: [], browser: true },
  { folder: 'xray/daemon', may: ['xray/health-datagram.ts', 'xray/terminal-text.ts', 'xray/web-pages.ts'] },
  { folder: 'xray/contract', may: ['xray'] },
  { folder: 'xray/iam', may: ['xray/errors.ts', 'xray/watched-file.ts'] },
  { folder: 'xray/json', may: ['xray/turns.ts'] },
  { folder: 'xray', may: ['xray/model', 'xray/iam', 'xray/json'] },
  { folder: 'sample-app', may: [] },
  { folder: 'quiz', may: ['xray/model'] },
  { folder: 'labs/kit', may: ['xray/model'], mayTypes: ['labs/server/contract.ts'] },
  {
    folder: 'labs/cli',
    may: [
      'scripts/lab-file.ts',
      'scripts/supervisor-token.ts',
      // What also works while no lab runs: freeing disk space, and seeing what a learner edited.
      'labs/server/clean.ts',
      'labs/server/progress/file.ts',
      'labs/server/runs/edits.ts',
      'labs/server/runs/pristine.ts',
      'labs/server/runs/upstream.ts',
      'xray/terminal-text.ts',
    ],
    mayTypes: ['labs/server/contract.ts'],
  },
  {
    folder: 'labs/server',
    may: [
      'labs/kit',
      'labs/catalogue.ts',
      'quiz',
      'xray/model',
      'xray/json',
      'xray/log-output.ts',
      'xray/web-pages.ts',
      'sample-app/faults',
      'sample-app/traffic',
      'scripts/supervisor-token.ts',
    ],
  },
  { folder: 'labs', may: ['labs/kit', 'xray/model'], mayTypes: ['labs/server/contract.ts'] },
  { folder: 'site', may: ['xray/model'], mayTypes: ['quiz', 'labs'] },
  {
    folder: 'scripts',
    may: [
      'labs/cli/doctor.ts',
      'labs/server/progress/file.ts',
      'xray/health-datagram.ts',
      'xray/terminal-text.ts',
      'xray/web-pages.ts',
    ],
    mayTypes: ['labs/server/contract.ts'],
  },
];

/** Folders that are not part of the product may import everything but the site. */
const FREE = ['tests', 'bench'];

const SOURCES = '{xray,sample-app,quiz,labs,site,scripts,tests,bench}/**/*.{ts,mts,mjs,js,svelte,astro,mdx}';

export function sourceFiles(): SourceFile[] {
  const exclude = (path: string) => /(^|\/)(node_modules|dist|\.astro)(\/|$)/.test(path);
  return globSync(SOURCES, { cwd: root, exclude }).map((path) => ({
    path: path.replaceAll('\\', '/'),
    text: readFileSync(join(root, path), 'utf8'),
  }));
}

interface Import {
  specifier: string;
  typeOnly: boolean;
}

export function importsOf(text: string): Import[] {
  const statements =
    /\b(?:import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"\n]+)['"]|\bimport\s*\(\s*['"]([^'"\n]+)['"]/g;
  return [...text.matchAll(statements)].map((match) => ({
    specifier: match[2] ?? match[3] ?? '',
    typeOnly: match[1] !== undefined,
  }));
}

/** A package name of a workspace → its folder's file; a relative path → the path; third-party → undefined. */
function targetOf(
  file: string,
  specifier: string,
  exportsOf: (workspace: string) => Record<string, string>,
): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(file), specifier));
  const [, workspace, rest] = /^@xray-lab\/([^/]+)(\/.*)?$/.exec(specifier) ?? [];
  if (!workspace) return undefined;
  const entry = exportsOf(workspace)[`.${rest ?? ''}`];
  return posix.join(workspace, entry ?? `UNKNOWN EXPORT ${specifier}`);
}

const inside = (path: string, place: string) => path === place || path.startsWith(`${place}/`);

function workspaceExports(workspace: string): Record<string, string> {
  return (
    (
      JSON.parse(readFileSync(join(root, workspace, 'package.json'), 'utf8')) as {
        exports?: Record<string, string>;
      }
    ).exports ?? {}
  );
}

/** One sentence for each import that crosses a border it may not. */
export function violations(files: readonly SourceFile[]): string[] {
  const found: string[] = [];
  for (const { path, text } of files) {
    const area = areas.find(({ folder }) => inside(path, folder));
    const free = FREE.some((folder) => inside(path, folder));
    for (const { specifier, typeOnly } of importsOf(text)) {
      if (area?.browser && specifier.startsWith('node:') && !/(\.test\.ts|\/fixtures\/.*)$/.test(path)) {
        found.push(`${path} imports ${specifier}, but ${area.folder} also runs in the browser`);
      }
      const target = targetOf(path, specifier, workspaceExports);
      if (!target || (area && inside(target, area.folder) && !escapes(path, target, area))) continue;
      if (inside(target, 'site') && !inside(path, 'site'))
        found.push(`${path} imports ${target}, but nobody imports site`);
      if (!area) {
        if (!free) found.push(`${path} belongs to no area of tests/imports.ts`);
        continue;
      }
      const allowed = [...area.may, ...(typeOnly ? (area.mayTypes ?? []) : [])];
      if (!allowed.some((place) => inside(target, place))) {
        found.push(
          `${path} imports ${target}, but ${area.folder} may import only ${allowed.join(', ') || 'itself'}`,
        );
      }
    }
  }
  return found;
}

/** Areas nest: `xray/store` is in `xray`, but `xray/daemon`, also below `xray`, is an area of its own. */
function escapes(path: string, target: string, area: Area): boolean {
  const owner = areas.find(({ folder }) => inside(target, folder));
  return owner !== area && !inside(path, owner?.folder ?? '');
}
