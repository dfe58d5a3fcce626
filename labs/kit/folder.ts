import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What may stand in a lab's folder; tests may stand beside anything. */
const CLAIMED = [
  'index.mdx',
  'lab.ts',
  'checks.ts',
  'evidence.ts',
  'solution.ts',
  'wrong.ts',
  'facilitator.md',
];
const REQUIRED = ['index.mdx', 'lab.ts', 'solution.ts', 'wrong.ts', 'facilitator.md'];

/** Everything that is wrong with the folders of the labs, one sentence each. Empty when all is well. */
export async function folderProblems(labsFolder: string, ids: readonly string[]): Promise<string[]> {
  const folders = (await readdir(labsFolder)).filter((name) => /^\d\d-/.test(name));
  const unclaimed = folders
    .filter((name) => !ids.includes(name))
    .map((name) => `labs/${name}/ is not in labs/catalogue.ts. Add its line.`);
  const missing = ids
    .filter((id) => !folders.includes(id))
    .map((id) => `labs/${id}/ does not exist. Name the folder after the lab's id.`);
  const inside = await Promise.all(
    ids.filter((id) => folders.includes(id)).map((id) => labProblems(labsFolder, id)),
  );
  return [...unclaimed, ...missing, ...inside.flat()];
}

async function labProblems(labsFolder: string, id: string): Promise<string[]> {
  const files = await readdir(join(labsFolder, id));
  const problems = [
    ...files
      .filter((file) => !CLAIMED.includes(file) && !file.endsWith('.test.ts'))
      .map(
        (file) => `labs/${id}/${file} belongs to nothing. Remove it, or use one of: ${CLAIMED.join(', ')}.`,
      ),
    ...REQUIRED.filter((file) => !files.includes(file)).map((file) => `labs/${id}/${file} is missing.`),
  ];
  if (!files.includes('index.mdx')) return problems;
  return [...problems, ...(await textProblems(labsFolder, id))];
}

async function textProblems(labsFolder: string, id: string): Promise<string[]> {
  const where = `labs/${id}/index.mdx`;
  const text = await readFile(join(labsFolder, id, 'index.mdx'), 'utf8');
  const front = /^---\n(.*?)\n---\n/s.exec(text)?.[1] ?? '';
  const problems = ['title', 'description', 'lab']
    .filter((key) => !new RegExp(`^${key}: \\S`, 'm').test(front))
    .map((key) => `${where}: the front matter has no "${key}".`);
  if (!new RegExp(`^lab: ${id}$`, 'm').test(front)) problems.push(`${where}: "lab" must be ${id}.`);
  if (/^import /m.test(text)) problems.push(`${where}: imports something. The site adds the checker itself.`);
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (!target || /^(https:|#|\/)/.test(target)) continue;
    const exists = await access(join(labsFolder, id, target)).then(
      () => true,
      () => false,
    );
    if (!exists) problems.push(`${where}: the link to ${target} leads nowhere.`);
  }
  return problems;
}

/** The commands of a text's fenced `console` blocks, block by block, without prompts and output. */
export function consoleBlocks(text: string): string[] {
  return [...text.matchAll(/^```console[^\n]*\n(.*?)^```$/gms)].map(([, block = '']) => {
    const lines = block.trimEnd().split('\n');
    const prompted = lines.filter((line) => line.startsWith('$ '));
    return (prompted.length > 0 ? prompted.map((line) => line.slice(2)) : lines).join('\n');
  });
}
