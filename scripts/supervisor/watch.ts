import { readFileSync, watch, type FSWatcher } from 'node:fs';
import { join, sep } from 'node:path';

/** An editor saves in several steps; one restart is enough. */
const SETTLE_MILLISECONDS = 150;

/**
 * Which shop processes a changed source file concerns: a service's own folder that service, `platform/` all of them, and a file
 * beside the folders, which anybody may import, everything.
 * @param file relative to the shop's folder, with `/`.
 */
export function concerned(file: string, shopProcesses: readonly string[]): string[] {
  if (!file.endsWith('.ts') || file.endsWith('.test.ts')) return [];
  const [folder, name] = file.split('/');
  // A replica runs the same program: inventory-2 that of inventory.
  if (folder === 'services' && name)
    return shopProcesses.filter((process) => process === name || process.replace(/-\d+$/, '') === name);
  if (folder === 'dynamodb') return shopProcesses.filter((process) => process === 'dynamodb');
  if (name === undefined) return [...shopProcesses];
  if (folder === 'platform' || folder === 'faults')
    return shopProcesses.filter((process) => process !== 'dynamodb');
  return [];
}

/** Watches the shop's sources and says which processes to restart. */
export function watchSources(
  sampleApp: string,
  shopProcesses: readonly string[],
  restart: (name: string, file: string) => void,
): FSWatcher {
  const contents = new Map<string, string>();
  const due = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;

  return watch(sampleApp, { recursive: true }, (_event, changed) => {
    const file = changed?.split(sep).join('/');
    if (!file || file.includes('node_modules/') || concerned(file, shopProcesses).length === 0) return;
    const content = contentOf(join(sampleApp, file));
    if (contents.get(file) === content) return;
    contents.set(file, content);
    for (const name of concerned(file, shopProcesses)) due.set(name, file);
    clearTimeout(timer);
    timer = setTimeout(() => {
      for (const [name, reason] of due) restart(name, reason);
      due.clear();
    }, SETTLE_MILLISECONDS);
  });
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
