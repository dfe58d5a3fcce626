// Runs a program of ours on Node 24: `node scripts/node24.mjs [--everything] PROGRAM ARGS…`. Sets up first where that is still
// to do; with `--everything` the tools of tests and lint too.
import { spawn } from 'node:child_process';
import { findNode, withNodeFirst } from './runtime.mjs';
import { readStamp } from './set-up/install.mjs';
import { explain, setUp } from './setup.mjs';

const isForTools = process.argv[2] === '--everything';
const program = process.argv.slice(isForTools ? 3 : 2);

async function ready() {
  const node = findNode();
  const stamp = readStamp();
  if (node && (isForTools ? stamp?.startsWith('everything ') : stamp !== undefined)) return node;
  try {
    return await setUp({ level: isForTools ? 'everything' : 'lab' });
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
