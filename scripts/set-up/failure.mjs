import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root, runtimeFolder } from '../runtime.mjs';

export const logFile = join(runtimeFolder, 'setup.log');

/** A failure that is told in its sentence, without a stack. */
export class SetupError extends Error {}

/** They end with this process, however it ends. */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill()));

/**
 * Runs a command with its output in the set-up log. Rejects with a sentence that says what to do.
 *
 * @param what How the sentence begins: `Installing the dependencies`.
 */
export async function run(what, command, args, { environment = process.env, folder = root } = {}) {
  const { status, output } = await new Promise((resolve) => {
    let text = '';
    const child = spawn(command, args, { cwd: folder, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(child);
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
    child.on('error', (error) => resolve({ status: undefined, output: `${text}${error.message}\n` }));
    child.on('close', (code) => {
      running.delete(child);
      resolve({ status: code, output: text });
    });
  });
  mkdirSync(dirname(logFile), { recursive: true });
  writeFileSync(logFile, `$ ${command} ${args.join(' ')}\n${output}\n`, { flag: 'a' });
  if (status === 0) return;

  const whole = `The whole output is in ${relative(process.cwd(), logFile)}.`;
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|ENOTCACHED/.test(output)) {
    throw new SetupError(
      `${what} needs the network once, and the npm registry did not answer.\n` +
        'Connect this machine (or set the npm proxy: npm config set proxy …) and run the same command again.\n' +
        whole,
    );
  }
  throw new SetupError(`${what} failed:\n${output.trim().split('\n').slice(-12).join('\n')}\n${whole}`);
}
