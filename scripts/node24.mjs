// Runs a program of ours on Node 24: `node scripts/node24.mjs PROGRAM ARGS…`. Sets up first where that is still to do.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findNode, root, withNodeFirst } from './runtime.mjs';
import { explain, setUp } from './setup.mjs';

function ready() {
  const node = findNode();
  if (node && existsSync(join(root, 'node_modules', '.xray-lab-stamp'))) return node;
  try {
    return setUp({ site: false });
  } catch (error) {
    const sentence = explain(error);
    if (!sentence) throw error;
    process.stderr.write(`${sentence}\n`);
    process.exit(1);
  }
}

const node = ready();
const flags = ['--disable-warning=ExperimentalWarning'];
const child = spawn(node, [...flags, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: withNodeFirst(node),
});

// Ctrl-C reaches the child by itself, because it is in the same process group; we only wait for it.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(signal ? 128 + 15 : (code ?? 1)));
