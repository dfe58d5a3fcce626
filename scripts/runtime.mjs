// Where the lab's own Node 24 is. Plain JavaScript for Node 20: it runs before anything is installed.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The least Node that runs our TypeScript as it is. */
export const NEEDED_NODE = 24;

/** Node 24 from the npm package `node`, beside `node_modules` so that `npm ci` leaves it alone. */
export const runtimeFolder = join(root, '.runtime');

const major = (version) => Number(version.replace(/^v/, '').split('.')[0]);

const broughtNode = join(
  runtimeFolder,
  'node_modules/node/bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** The Node to run the lab with: this one when it is new enough, else the brought one, else undefined. */
export function findNode() {
  if (major(process.version) >= NEEDED_NODE) return process.execPath;
  return existsSync(broughtNode) ? broughtNode : undefined;
}

/**
 * The environment in which children find that Node first, and compile each module once, ever: starts are quicker, and
 * no process that lives long holds the compiler that strips types (some 20 MB).
 */
export function withNodeFirst(node, environment = process.env) {
  const separator = process.platform === 'win32' ? ';' : ':';
  return {
    ...environment,
    PATH: `${dirname(node)}${separator}${environment.PATH ?? ''}`,
    NODE_COMPILE_CACHE: join(runtimeFolder, 'compile-cache'),
  };
}
