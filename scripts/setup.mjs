// Everything a fresh clone needs, once: Node 24, the dependencies, the built site. `npm start` and `npm test` call it
// first; when nothing changed it looks at a few hundred small files and is done. Plain JavaScript for Node 20.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { NEEDED_NODE, findNode, root, runtimeFolder, withNodeFirst } from './runtime.mjs';

/** What the built site is made from. When one of these files changes, the site is built again. */
const SITE_SOURCES = [
  'site',
  'labs',
  'quiz',
  'xray/model',
  'docs/fidelity.md',
  'xray/api/README.md',
  'xray/iam/README.md',
  'package-lock.json',
];
const NOT_SOURCES = /(^|\/)(node_modules|dist|\.astro|dev)(\/|$)|\.test\.ts$/;

const workspaces = ['xray', 'sample-app', 'labs', 'quiz', 'site'];

const logFile = join(root, '.runtime', 'setup.log');
const depsStamp = join(root, 'node_modules', '.xray-lab-stamp');
const siteStamp = join(root, 'site', 'dist', '.xray-lab-stamp');

const say = (line) => process.stderr.write(`${line}\n`);

class SetupError extends Error {}

/** Runs a command with its output in the set-up log; throws a sentence that says what to do. */
function run(what, command, args, environment) {
  const result = spawnSync(command, args, {
    cwd: root,
    env: environment,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error ? `${result.error.message}\n` : ''}`;
  writeFileSync(logFile, `$ ${command} ${args.join(' ')}\n${output}\n`, { flag: 'a' });
  if (result.status === 0) return;

  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED/.test(output)) {
    throw new SetupError(
      `${what} needs the network once, and the npm registry did not answer.\n` +
        'Connect this machine (or set the npm proxy: npm config set proxy …) and run the same command again.\n' +
        `The whole output is in ${relative(process.cwd(), logFile)}.`,
    );
  }
  const lastLines = output.trim().split('\n').slice(-12).join('\n');
  throw new SetupError(
    `${what} failed:\n${lastLines}\nThe whole output is in ${relative(process.cwd(), logFile)}.`,
  );
}

/** npm as the user calls it, run by `node` so that packages meet the Node they will run on. */
function npm(what, node, args) {
  const environment = withNodeFirst(node);
  const cli = process.env.npm_execpath;
  if (cli && /npm-cli\.c?js$/.test(cli)) run(what, node, [cli, ...args], environment);
  else run(what, process.platform === 'win32' ? 'npm.cmd' : 'npm', args, environment);
}

function bringNode() {
  mkdirSync(runtimeFolder, { recursive: true });
  writeFileSync(join(runtimeFolder, 'package.json'), '{ "private": true }\n');
  const what = `Bringing Node ${NEEDED_NODE} (this machine has ${process.version})`;
  npm(what, process.execPath, ['install', '--no-save', '--prefix', runtimeFolder, `node@${NEEDED_NODE}`]);
  const node = findNode();
  if (node && spawnSync(node, ['--version']).status === 0) return node;
  rmSync(join(runtimeFolder, 'node_modules'), { recursive: true, force: true });
  throw new SetupError(
    `npm installed the package "node" but not its program, which happens when install scripts are switched off.\n` +
      `Install Node ${NEEDED_NODE} yourself (nodejs.org, nvm, fnm …) and run the same command again.`,
  );
}

/** What was installed before, while `npm ci` is at work: npm deletes it first and asks the registry then. */
const asideFolder = join(root, '.runtime', 'installed-before');
const placesOfModules = ['.', ...workspaces];

function putAside() {
  for (const place of placesOfModules) {
    const modules = join(root, place, 'node_modules');
    if (!existsSync(modules)) continue;
    mkdirSync(join(asideFolder, place), { recursive: true });
    try {
      renameSync(modules, join(asideFolder, place, 'node_modules'));
    } catch {
      // A folder that can't be moved, a mount for one, is npm's to empty.
    }
  }
}

function putBack() {
  for (const place of placesOfModules) {
    const before = join(asideFolder, place, 'node_modules');
    if (!existsSync(before)) continue;
    rmSync(join(root, place, 'node_modules'), { recursive: true, force: true });
    renameSync(before, join(root, place, 'node_modules'));
  }
  rmSync(asideFolder, { recursive: true, force: true });
}

/** Installs what the lock file says. Where that fails, what was installed before is in its place again. */
function installDependencies(node, fingerprintOfManifests) {
  putAside();
  try {
    npm('Installing the dependencies', node, ['ci', '--no-audit', '--no-fund']);
  } catch (error) {
    putBack();
    throw error;
  }
  writeFileSync(depsStamp, fingerprintOfManifests);
  rmSync(asideFolder, { recursive: true, force: true });
}

/** A set-up that was ended half way has left behind what was installed before it; the stamp tells how far it came. */
function mendInterrupted() {
  if (!existsSync(asideFolder)) return;
  if (existsSync(depsStamp)) rmSync(asideFolder, { recursive: true, force: true });
  else putBack();
}

/** Starts everything once, so that the first real start finds its modules compiled. Nothing depends on it. */
function warm(node) {
  const program = join(root, 'scripts/warm.ts');
  spawnSync(node, ['--disable-warning=ExperimentalWarning', program], {
    cwd: root,
    stdio: 'ignore',
    timeout: 60_000,
  });
}

function* filesUnder(path) {
  if (NOT_SOURCES.test(path)) return;
  const kind = statSync(join(root, path), { throwIfNoEntry: false });
  if (kind?.isDirectory()) {
    for (const name of readdirSync(join(root, path))) yield* filesUnder(`${path}/${name}`);
  } else if (kind) {
    yield path;
  }
}

/** One hash over names and contents, so that a clone, a copy or a touched file does not count as a change. */
function fingerprint(paths) {
  const hash = createHash('sha256');
  for (const path of paths)
    hash
      .update(path)
      .update('\0')
      .update(readFileSync(join(root, path)))
      .update('\0');
  return hash.digest('hex');
}

const isCurrent = (stamp, value) => existsSync(stamp) && readFileSync(stamp, 'utf8') === value;

function timed(title, work) {
  say(`  ${title} …`);
  const started = Date.now();
  const result = work();
  say(`  ${title} … done in ${((Date.now() - started) / 1000).toFixed(1)} s`);
  return result;
}

/** Does what is missing. Returns the Node to run the lab with. */
export function setUp({ site = true } = {}) {
  const startedAt = Date.now();
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(
      `X-Ray Lab needs Node 20 or later to set itself up; this is ${process.version}. Install a newer one from nodejs.org.`,
    );
  }
  mkdirSync(runtimeFolder, { recursive: true });
  writeFileSync(join(runtimeFolder, 'started-at'), String(startedAt));
  mendInterrupted();

  let node = findNode();
  const manifests = [
    'package-lock.json',
    'package.json',
    ...workspaces.map((name) => `${name}/package.json`),
  ];
  const dependencies = fingerprint(manifests);
  const depsCurrent = isCurrent(depsStamp, dependencies);
  const siteSources = site
    ? fingerprint([...SITE_SOURCES.flatMap((path) => [...filesUnder(path)])].sort())
    : '';
  const siteCurrent = !site || isCurrent(siteStamp, siteSources);
  if (node && depsCurrent && siteCurrent) return node;

  say('Setting up X-Ray Lab (this happens once, and again when its sources change)');
  writeFileSync(logFile, '');
  node ??= timed(`Node ${NEEDED_NODE} (this machine has ${process.version})`, bringNode);
  if (!depsCurrent) {
    timed('dependencies', () => installDependencies(node, dependencies));
    timed('first compilation', () => warm(node));
  }
  if (!siteCurrent) {
    timed('site', () => {
      const environment = { ...withNodeFirst(node), ASTRO_TELEMETRY_DISABLED: '1' };
      run(
        'Building the site',
        node,
        [join(root, 'node_modules/astro/bin/astro.mjs'), 'build', '--root', 'site'],
        environment,
      );
      writeFileSync(siteStamp, siteSources);
    });
  }
  return node;
}

/** The sentence for a set-up that failed; `undefined` for an error of ours, which keeps its stack. */
export const explain = (error) => (error instanceof SetupError ? error.message : undefined);

if (process.argv[1] && import.meta.url.endsWith('/setup.mjs') && process.argv[1].endsWith('setup.mjs')) {
  try {
    setUp({ site: !process.argv.includes('--no-site') });
  } catch (error) {
    const sentence = explain(error);
    if (!sentence) throw error;
    say(sentence);
    process.exit(1);
  }
}
