import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { join } from 'node:path';

/** Of 0 (as everybody) to 19 (when nobody else wants to): the lab that runs beside it comes first. */
const NICENESS = 10;

/**
 * Does what `npm start` does not wait for: the tools of the site, the site, the database of the on-premises host. Fails for
 * itself: the lab goes on, and what set-up says is passed on. Says nothing when there was nothing to do.
 *
 * @returns the process, to be ended with the lab.
 */
export function finishSetup(root: string, say: (text: string) => void): ChildProcess {
  const child = spawn(process.execPath, [join(root, 'scripts/setup.mjs')], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  try {
    if (child.pid !== undefined) setPriority(child.pid, NICENESS);
  } catch {
    // It has ended already, or the system does not allow it.
  }
  let rest = '';
  let isAtWork = false;
  child.stderr.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      if (!isAtWork) say('\nThe lab runs; what else it needs comes in the meantime:');
      isAtWork = true;
      if (!/ …$|^Setting up/.test(line)) say(line);
    }
  });
  child.on('exit', (code) => {
    if (rest) say(rest);
    if (code) say('The lab runs without it. Try again with: node scripts/setup.mjs');
    else if (isAtWork) say('Everything is there: the lab starts without the network from now on.');
  });
  child.on('error', (error) => say(`Set-up could not be finished: ${error.message}`));
  return child;
}
