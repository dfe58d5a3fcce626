// What a clone needs before it can run, and no more than that: `npm start` waits for Node 24 and the packages of the lab
// (`--no-site`), `npm run xray` for less (`--xray`); the site comes behind the first trace (`--site`, or no flag); `npm test` wants all of it (`--everything`). When
// nothing changed it looks at a few hundred small files and is done. Plain JavaScript for Node 20.
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
import { join } from 'node:path';
import { NEEDED_NODE, findNode, root, runtimeFolder, withNodeFirst } from './runtime.mjs';
import { SetupError, logFile, run } from './set-up/failure.mjs';
import { install, manifestFiles, mendInterrupted, readStamp } from './set-up/install.mjs';
import { higher, installedLevel, suffices } from './set-up/levels.mjs';
import { npm } from './set-up/npm.mjs';
import { oneAtATime } from './set-up/one-at-a-time.mjs';
import { progress } from './set-up/progress.mjs';

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

const siteFolder = join(root, 'site', 'dist');
const siteStamp = join(siteFolder, '.xray-lab-stamp');
/** A filled database of the on-premises host, which every lab begins with a copy of. */
const template = join(runtimeFolder, 'legacy-database');

/** What it was ever installed for: an update of the lock file takes the tools from nobody. */
const levelFile = join(runtimeFolder, 'installed-for');

const dependenciesOf = {
  xray: 'dependencies of X-Ray',
  lab: 'dependencies',
  site: 'tools of the site',
  everything: 'dependencies, with the tools of tests',
};

const compileCache = join(runtimeFolder, 'compile-cache');

const say = (line) => process.stderr.write(`${line}\n`);

async function bringNode() {
  mkdirSync(runtimeFolder, { recursive: true });
  writeFileSync(join(runtimeFolder, 'package.json'), '{ "private": true }\n');
  const what = `Bringing Node ${NEEDED_NODE} (this machine has ${process.version})`;
  const args = ['install', '--no-save', '--prefix', runtimeFolder, `node@${NEEDED_NODE}`];
  await npm(what, process.execPath, args);
  const node = findNode();
  if (node && spawnSync(node, ['--version']).status === 0) return node;
  rmSync(join(runtimeFolder, 'node_modules'), { recursive: true, force: true });
  throw new SetupError(
    `npm installed the package "node" but not its program, which happens when install scripts are switched off.\n` +
      `Install Node ${NEEDED_NODE} yourself (nodejs.org, nvm, fnm …) and run the same command again.`,
  );
}

/** Runs one of our programs for what it leaves behind. Nothing depends on it. */
function runQuietly(node, program, ...args) {
  const path = join(root, 'scripts', program);
  if (!existsSync(path)) return Promise.resolve();
  return run(program, node, ['--disable-warning=ExperimentalWarning', path, ...args], {
    environment: withNodeFirst(node),
  }).catch(() => undefined);
}

/** Builds beside the site that is there, so that a lab that runs shows a whole one at any time. */
async function buildSite(node, sources) {
  const next = join(runtimeFolder, 'site-next');
  rmSync(next, { recursive: true, force: true });
  const astro = join(root, 'node_modules/astro/bin/astro.mjs');
  await run('Building the site', node, [astro, 'build', '--root', 'site', '--outDir', next], {
    environment: { ...withNodeFirst(node), ASTRO_TELEMETRY_DISABLED: '1' },
  });
  writeFileSync(join(next, '.xray-lab-stamp'), sources);
  const before = join(runtimeFolder, 'site-before');
  rmSync(before, { recursive: true, force: true });
  if (existsSync(siteFolder)) renameSync(siteFolder, before);
  renameSync(next, siteFolder);
  rmSync(before, { recursive: true, force: true });
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

/** What is missing for `level`, and with `site` for a built site too. Undefined when nothing is. */
function missingFor(level, site) {
  const node = findNode();
  const manifests = fingerprint(manifestFiles);
  const installed = installedLevel(readStamp(), manifests);
  const sources = site ? fingerprint([...SITE_SOURCES.flatMap((path) => [...filesUnder(path)])].sort()) : '';
  const missing = {
    node,
    manifests,
    installs: !suffices(installed, level),
    // For what nothing was installed, nothing was compiled either. The rest is compiled when it first runs.
    compiles: !suffices(installed, suffices('lab', level) ? level : 'lab') || !existsSync(compileCache),
    sources,
    buildsSite: site && !isCurrent(siteStamp, sources),
    fillsTemplate: site && !existsSync(template),
  };
  const { installs, buildsSite, fillsTemplate } = missing;
  return node && !installs && !buildsSite && !fillsTemplate ? undefined : missing;
}

async function bring(level, missing) {
  const { node: found, manifests, installs, compiles, sources, buildsSite, fillsTemplate } = missing;
  say('Setting up X-Ray Lab (this happens once, and again when its sources change)');
  writeFileSync(logFile, '');
  const titles = {
    node: `Node ${NEEDED_NODE} (this machine has ${process.version})`,
    dependencies: dependenciesOf[level],
    compilation: 'first compilation',
    site: 'site',
    template: 'database of the on-premises host',
  };
  const has = {
    node: !found,
    dependencies: installs,
    compilation: compiles,
    site: buildsSite,
    template: fillsTemplate,
  };
  const left = Object.keys(titles).filter((key) => has[key]);
  const { timed, clear } = progress(left.map((key) => titles[key]));
  try {
    // Packages do not wait for the Node they will run on: what one of them compiles, it compiles for every Node.
    const [brought, packages] = await Promise.allSettled([
      found ?? timed(titles.node, bringNode),
      installs &&
        timed(titles.dependencies, (tell) => install(level, found ?? process.execPath, manifests, tell)),
    ]);
    for (const { status, reason } of [brought, packages]) if (status === 'rejected') throw reason;
    const node = brought.value;
    if (compiles) await timed(titles.compilation, () => runQuietly(node, 'compile-ahead.ts', level));
    if (buildsSite) await timed(titles.site, () => buildSite(node, sources));
    if (fillsTemplate) await timed(titles.template, () => runQuietly(node, 'warm.ts', '--template'));
    return node;
  } finally {
    clear();
  }
}

/**
 * Does what is missing. Returns the Node to run the lab with.
 *
 * @param level What is to be installed at least, see levels.mjs. What was installed for more than that stays.
 * @param site Whether the site is to be built.
 */
export async function setUp({ level = 'lab', site = false } = {}) {
  const startedAt = Date.now();
  if (Number(process.versions.node.split('.')[0]) < 20) {
    throw new SetupError(
      `X-Ray Lab needs Node 20 or later to set itself up; this is ${process.version}. Install a newer one from nodejs.org.`,
    );
  }
  mkdirSync(runtimeFolder, { recursive: true });
  if (level === 'lab') writeFileSync(join(runtimeFolder, 'started-at'), String(startedAt));
  if (existsSync(join(root, 'node_modules')) && !missingFor(level, site)) return findNode();
  return oneAtATime(
    async () => {
      mendInterrupted();
      const before = existsSync(levelFile) ? readFileSync(levelFile, 'utf8') : undefined;
      const wanted = suffices('lab', level) ? level : higher(level, before);
      const missing = missingFor(wanted, site);
      if (!missing) return findNode();
      const node = await bring(wanted, missing);
      writeFileSync(levelFile, higher(wanted, before));
      return node;
    },
    () => say('Another set-up of this clone is at work; waiting for it …'),
  );
}

/** The sentence for a set-up that failed; `undefined` for an error of ours, which keeps its stack. */
export const explain = (error) => (error instanceof SetupError ? error.message : undefined);

if (process.argv[1] && import.meta.url.endsWith('/setup.mjs') && process.argv[1].endsWith('setup.mjs')) {
  const isAsked = (flag) => process.argv.includes(flag);
  try {
    if (isAsked('--xray')) await setUp({ level: 'xray' });
    else if (isAsked('--no-site')) await setUp();
    else await setUp({ level: isAsked('--everything') ? 'everything' : 'site', site: true });
  } catch (error) {
    const sentence = explain(error);
    if (!sentence) throw error;
    say(sentence);
    process.exit(1);
  }
}
