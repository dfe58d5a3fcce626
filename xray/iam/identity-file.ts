import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { watchFile } from '../watched-file.ts';
import { IdentitiesUnusable, parseIdentities, type Identities, type Identity } from './identities.ts';

export interface IdentityFile {
  /** Who has an access key, by the file as it is now. */
  identityOf(accessKeyId: string): Identity | undefined;
}

export interface IdentityFileOptions {
  /** Called once for each broken version of the file; the identities before it stay in force. */
  onError: (sentence: string) => void;
  onChange?: (identities: Identities) => void;
  /** Milliseconds of a clock that never goes back. */
  clock?: () => number;
}

/**
 * The identities of a file that may change at any time: a change is in force at most 200 ms later.
 * Throws IdentitiesUnusable when the file cannot be used from the start.
 */
export function openIdentityFile(path: string, options: IdentityFileOptions): IdentityFile {
  const parse = (text: string | undefined): Identities => {
    if (text === undefined) {
      throw new IdentitiesUnusable(
        `The identities file ${path} is not there. Put it back, or name another one in XRAY_IDENTITIES.`,
      );
    }
    try {
      return parseIdentities(text);
    } catch (error) {
      throw new IdentitiesUnusable(
        `The identities file ${path} cannot be used: ${(error as Error).message}`,
        { cause: error },
      );
    }
  };
  const file = watchFile(path, { ...options, parse });
  return { identityOf: (accessKeyId) => file.current().get(accessKeyId) };
}

/** Writes a file with one identity that may do everything, unless there is a file. True when it was written. */
export function makeIdentityFile(
  path: string,
  credentials: { accessKeyId: string; secretAccessKey: string },
): boolean {
  if (existsSync(path)) return false;
  const lab = { ...credentials, user: 'lab', managedPolicies: ['AWSXrayFullAccess'] };
  mkdirSync(dirname(path), { recursive: true });
  // It holds secrets, though only of a lab.
  writeFileSync(path, `${JSON.stringify({ identities: [lab] }, null, 2)}\n`, { mode: 0o600 });
  return true;
}
