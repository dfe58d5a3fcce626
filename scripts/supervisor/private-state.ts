import { chmodSync, lstatSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Group and others: none of their bits. */
const NOBODY_ELSE = 0o077;

/** One of these is in every folder in which a lab has kept its state. */
const kept = ['xray.sqlite', 'progress.sqlite', 'identities.json', 'logs'];

/**
 * Keeps the lab's state to the user who runs it: traces, progress, keys and logs. What this process and its children make
 * from now on is theirs alone, and what an earlier lab left more open is closed. A folder in which others keep things too
 * stays as open as it is. Where there are no such bits (Windows), nothing happens.
 *
 * @param home The lab's folder, made when it is not there.
 */
export function keepStatePrivate(home: string): void {
  process.umask(NOBODY_ELSE);
  mkdirSync(home, { recursive: true });
  const entries = readdirSync(home);
  const isOurs = entries.length === 0 || entries.some((name) => kept.includes(name));
  if (!isOurs) return;
  // The folder's own bits keep everybody out of what lies deeper.
  for (const path of [home, ...entries.map((name) => join(home, name))]) close(path);
}

function close(path: string): void {
  const { mode, uid } = lstatSync(path);
  const isLink = (mode & 0o170000) === 0o120000;
  if (isLink || uid !== process.getuid?.() || (mode & NOBODY_ELSE) === 0) return;
  chmodSync(path, mode & 0o7777 & ~NOBODY_ELSE);
}
