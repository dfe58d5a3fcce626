/**
 * What can be wrong with the learner's progress on disk, in words: the file, what is wrong with it, what to do. Two readers: who starts
 * the lab, and who asked the running lab for something.
 */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** The lab can't use its progress. The message is a sentence for a person. */
export class ProgressUnusable extends Error {
  /** What to do. */
  readonly remedy: string;
  readonly isDiskFull: boolean;

  constructor(message: string, remedy: string, isDiskFull = false) {
    super(message);
    this.remedy = remedy;
    this.isDiskFull = isDiskFull;
  }
}

export class ProgressFromTheFuture extends Error {}

/** How one begins anew; what was there stays beside it. */
const BEGIN_ANEW = 'To begin with fresh progress and keep this file beside it: npm start -- --fresh-progress';

type Cause = 'busy' | 'read-only' | 'failing' | 'damaged' | 'full' | 'no-file' | 'no-database' | 'newer';

const causes: Readonly<Record<Cause, { says: string; remedy: string }>> = {
  busy: { says: 'another process is using it', remedy: 'Stop that process.' },
  'read-only': { says: 'it may not be written', remedy: 'Change its permissions and those of its folder.' },
  failing: { says: 'reading or writing it failed', remedy: 'Check the disk.' },
  damaged: { says: 'it is damaged', remedy: `${BEGIN_ANEW}` },
  full: { says: 'the disk is full', remedy: 'Free some space, then try again.' },
  'no-file': {
    says: 'its path is a folder, or its folder may not be written',
    remedy: `Change permissions. ${BEGIN_ANEW}`,
  },
  'no-database': { says: 'it is not a database', remedy: `${BEGIN_ANEW}` },
  newer: { says: 'a newer version of X-Ray Lab wrote it', remedy: `Update X-Ray Lab. ${BEGIN_ANEW}` },
};

/** SQLite's primary result codes: https://www.sqlite.org/rescode.html */
const bySqlite: Readonly<Record<number, Cause>> = {
  5: 'busy',
  6: 'busy',
  8: 'read-only',
  10: 'failing',
  11: 'damaged',
  13: 'full',
  14: 'no-file',
  26: 'no-database',
};

const bySystem: Readonly<Record<string, Cause>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EROFS: 'read-only',
  EACCES: 'read-only',
  EPERM: 'read-only',
  EIO: 'failing',
  EISDIR: 'no-file',
  ENOTDIR: 'no-file',
  EEXIST: 'no-file',
};

/** Tables or columns that should be there are not, or a document is no JSON any more. */
const isDamage = /no such (table|column)|has no column|malformed|not valid JSON|JSON at position|Unexpected/;

/** Less than this is a full disk: SQLite can't make its index of the write-ahead log, and calls that a failure. */
const ROOM_NEEDED_BYTES = 64 * 1024;

/**
 * An error of the database, the file system or a stored document as a ProgressUnusable; undefined for one that is about something else.
 * @param path of the progress file
 */
export function progressTrouble(path: string, error: unknown): ProgressUnusable | undefined {
  if (error instanceof ProgressUnusable) return error;
  const cause = causeOf(path, error);
  if (cause === undefined) return undefined;
  const { says, remedy } = causes[cause];
  return new ProgressUnusable(`Your progress (${path}) cannot be used: ${says}.`, remedy, cause === 'full');
}

function causeOf(path: string, error: unknown): Cause | undefined {
  if (error instanceof ProgressFromTheFuture) return 'newer';
  const { errcode, code, message } = error as { errcode?: number; code?: string; message: string };
  if (errcode === undefined) {
    if (error instanceof SyntaxError) return 'damaged';
    return bySystem[code ?? ''];
  }
  if (isDamage.test(message)) return 'damaged';
  // Extended codes keep the primary one in their low byte.
  const cause = bySqlite[errcode & 0xff] ?? 'failing';
  return (cause === 'failing' || cause === 'no-file') && isFull(path) ? 'full' : cause;
}

function isFull(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(dirname(path));
    return bavail * bsize < ROOM_NEEDED_BYTES;
  } catch {
    return false;
  }
}
