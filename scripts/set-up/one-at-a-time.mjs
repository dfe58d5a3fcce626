// Two set-ups of one clone, `npm start`'s that still builds the site and `npm test`'s, do not work at the same time.
import { mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runtimeFolder } from '../runtime.mjs';

const file = join(runtimeFolder, 'setting-up');
const SIGN_OF_LIFE_MILLISECONDS = 1000;
/** Who has given no sign of life for so long was ended, or sleeps with its computer. */
const DEAD_AFTER_MILLISECONDS = 10_000;

/** Does the work when nobody else does any. `onWait` is called when somebody does. */
export async function oneAtATime(work, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  for (let isFirst = true; !take(); isFirst = false) {
    if (isFirst) onWait();
    await sleep(200);
  }
  const timer = setInterval(() => {
    const now = new Date();
    try {
      utimesSync(file, now, now);
    } catch {
      // Somebody emptied the folder; there is nothing to give a sign of.
    }
  }, SIGN_OF_LIFE_MILLISECONDS);
  const giveUp = () => process.exit(130);
  const free = () => rmSync(file, { force: true });
  process.on('exit', free);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, giveUp);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, giveUp);
    process.off('exit', free);
    free();
  }
}

function take() {
  const seen = statSync(file, { throwIfNoEntry: false });
  if (seen && Date.now() - seen.mtimeMs > DEAD_AFTER_MILLISECONDS) rmSync(file, { force: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}
