// Installs beside what is there, and changes the two when all is well: a lab that runs, a set-up that ends half way and an
// installation that fails never meet half of the packages.
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { root, runtimeFolder } from '../runtime.mjs';
import { npmArguments, stampOf, workspaces } from './levels.mjs';
import { npm } from './npm.mjs';

export const depsStamp = join(root, 'node_modules', '.xray-lab-stamp');
/** Where npm is at work. */
const newFolder = join(runtimeFolder, 'installing');
/** What was installed before, while the new modules take its place. */
const asideFolder = join(runtimeFolder, 'installed-before');
/** The root last: with it comes the stamp. */
const placesOfModules = [...workspaces, '.'];

export const manifestFiles = [
  'package-lock.json',
  'package.json',
  ...workspaces.map((name) => `${name}/package.json`),
];

const modulesOf = (folder, place) => join(folder, place, 'node_modules');

/**
 * Installs what a level needs, as the lock file says. Where that fails, what was installed before is still in its place.
 *
 * @param manifests The fingerprint of `manifestFiles`, for the stamp.
 * @param onProgress Told now and then how many packages are there, and of how many; nothing is known at first.
 */
export async function install(level, node, manifests, onProgress) {
  rmSync(newFolder, { recursive: true, force: true });
  for (const file of [...manifestFiles, '.npmrc']) {
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(newFolder, file)), { recursive: true });
    cpSync(join(root, file), join(newFolder, file));
  }
  const timer = setInterval(() => onProgress(...packagesIn(newFolder)), 250);
  try {
    await npm('Installing the dependencies', node, npmArguments[level], newFolder);
  } catch (error) {
    rmSync(newFolder, { recursive: true, force: true });
    throw error;
  } finally {
    clearInterval(timer);
  }
  const stamp = stampOf(level, manifests);
  writeFileSync(join(modulesOf(newFolder, '.'), '.xray-lab-stamp'), stamp);
  if (!changePlaces()) {
    // A folder that can't be moved, a mount for one, is npm's to empty and to fill.
    await npm('Installing the dependencies', node, npmArguments[level], root);
    writeFileSync(depsStamp, stamp);
  }
  for (const folder of [newFolder, asideFolder]) rmSync(folder, { recursive: true, force: true });
}

/** Returns false, and leaves all as it was, where a folder can't be moved. */
function changePlaces() {
  rmSync(asideFolder, { recursive: true, force: true });
  // The root first: without it nothing counts as installed, and `mendInterrupted` knows what to do.
  for (const place of placesOfModules.toReversed()) {
    const modules = modulesOf(root, place);
    if (!existsSync(modules)) continue;
    mkdirSync(join(asideFolder, place), { recursive: true });
    try {
      renameSync(modules, modulesOf(asideFolder, place));
    } catch {
      putBack();
      return false;
    }
  }
  for (const place of placesOfModules) {
    if (existsSync(modulesOf(newFolder, place)))
      renameSync(modulesOf(newFolder, place), modulesOf(root, place));
  }
  return true;
}

function putBack() {
  for (const place of placesOfModules) {
    const before = modulesOf(asideFolder, place);
    if (!existsSync(before)) continue;
    rmSync(modulesOf(root, place), { recursive: true, force: true });
    renameSync(before, modulesOf(root, place));
  }
  rmSync(asideFolder, { recursive: true, force: true });
}

/** A set-up that was ended half way has left behind what was installed before it; the stamp tells how far it came. */
export function mendInterrupted() {
  rmSync(newFolder, { recursive: true, force: true });
  if (!existsSync(asideFolder)) return;
  if (existsSync(depsStamp)) rmSync(asideFolder, { recursive: true, force: true });
  else putBack();
}

/** What the stamp says; undefined where nothing is installed. */
export const readStamp = () => (existsSync(depsStamp) ? readFileSync(depsStamp, 'utf8') : undefined);

/** npm makes the folders of all packages first and fills them then: how many are full, and how many there are. */
function packagesIn(folder) {
  let [full, all] = [0, 0];
  const look = (modules) => {
    for (const name of namesIn(modules)) {
      const path = join(modules, name);
      if (name.startsWith('.') || lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) continue;
      if (name.startsWith('@')) {
        look(path);
        continue;
      }
      all++;
      if (existsSync(join(path, 'package.json'))) full++;
      look(join(path, 'node_modules'));
    }
  };
  for (const place of placesOfModules) look(modulesOf(folder, place));
  return [full, all];
}

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
