// Runs a program of ours on Node 24: `node scripts/node24.mjs [--everything | --xray] PROGRAM ARGS…`. Sets up first where that
// is still to do: for the lab, with `--everything` for the tools of tests and lint too, with `--xray` for X-Ray alone.
import { spawn } from 'node:child_process';
import { findNode, withNodeFirst } from './runtime.mjs';
import { readStamp } from './set-up/install.mjs';
import { suffices } from './set-up/levels.mjs';
import { explain, setUp } from './setup.mjs';

const level = { '--everything': 'everything', '--xray': 'xray' }[process.argv[2]] ?? 'lab';
const program = process.argv.slice(level === 'lab' ? 2 : 3);

async function ready() {
  const node = findNode();
  // Whether the lock file has changed since is looked at by `npm start` and `npm test` only: commands shall be quick.
  const [installed] = (readStamp() ?? '').split(' ');
  if (node && suffices(installed, level)) return node;
  try {
    return await setUp({ level });
  } catch (error) {
    const sentence = explain(error);
    if (!sentence) throw error;
    process.stderr.write(`${sentence}\n`);
    process.exit(1);
  }
}

const node = await ready();
const flags = ['--disable-warning=ExperimentalWarning'];
const child = spawn(node, [...flags, ...program], {
  stdio: 'inherit',
  env: withNodeFirst(node),
});

// Ctrl-C reaches the child by itself, because it is in the same process group; we only wait for it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 + 15 : (code ?? 1)));
