import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The word that lets one into the supervisor, which starts programs as the lab's user. It stands in a file that this user
 * alone may read, so other users of the machine don't know it, and a web page can't.
 */
const fileIn = (home: string) => join(home, 'supervisor.token');

/**
 * The word of the lab in this folder, made when there is none yet. Containers that share the folder agree on one, whichever
 * is first.
 */
export function supervisorToken(home: string): string {
  const present = readToken(home);
  if (present !== undefined) return present;
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const token = randomBytes(32).toString('base64url');
  try {
    writeFileSync(fileIn(home), token, { mode: 0o600, flag: 'wx' });
    return token;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readToken(home) ?? supervisorToken(replacedIn(home));
  }
}

/** The header that carries the word, for a request to the supervisor of the lab in this folder; none before there is one. */
export function supervisorHeaders(home: string): Record<string, string> {
  const token = readToken(home);
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

function readToken(home: string): string | undefined {
  try {
    const token = readFileSync(fileIn(home), 'utf8').trim();
    return /^[\w-]{43}$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** A file with something else in it, cut off by a full disk for one, is written anew. */
function replacedIn(home: string): string {
  writeFileSync(fileIn(home), randomBytes(32).toString('base64url'), { mode: 0o600 });
  return home;
}
