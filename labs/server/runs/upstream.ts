import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../settings.ts';

/** The project's own version of a file of the shop, beside the one that a learner may have edited. */
export interface Upstream {
  /** As it is in the present commit; undefined when nobody can tell: no git here, or a shop outside of a repository. */
  read(file: string): Promise<Buffer | undefined>;
  /** The version of the project that is installed. */
  version: string;
}

const PATIENCE_MILLISECONDS = 5_000;
const MOST_BYTES = 16 * 1024 * 1024;

/** Asks git. `--filters` gives the text as a checkout would, with this machine's line ends. */
export function gitUpstream(sampleApp: string): Upstream {
  const { version = '0.0.0' } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version?: string;
  };
  return {
    version,
    read: (file) =>
      new Promise((resolve) => {
        execFile(
          'git',
          ['-C', sampleApp, 'cat-file', '--filters', `HEAD:./${file}`],
          { encoding: 'buffer', timeout: PATIENCE_MILLISECONDS, maxBuffer: MOST_BYTES },
          (error, text) => resolve(error ? undefined : text),
        );
      }),
  };
}
