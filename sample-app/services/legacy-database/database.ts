import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { log } from '../../platform/log.ts';

/** Where PostgreSQL's own settings are for servers: a lab's has one user, no standby, and files worth a copy. */
const settings = {
  // Its own 128 MB make nothing here quicker.
  shared_buffers: '16MB',
  // A table that is made and filled at once is not written twice.
  wal_level: 'minimal',
  max_wal_senders: '0',
  min_wal_size: '32MB',
};

const startParams = [
  ...PGlite.defaultStartParams,
  ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
];

/**
 * PostgreSQL in this process, with its files in `folder`, which is made when it is missing. Files that a power cut or
 * a kill left in a state that PostgreSQL refuses are thrown away: who uses the database fills an empty one.
 *
 * @param folder Absolute, or relative to the working directory.
 * @param template The folder of another database, at rest, to begin with a copy of. One that is not there is no error.
 */
export async function openDatabase(folder: string, template?: string): Promise<PGlite> {
  try {
    if (!isDatabase(folder)) {
      if (template !== undefined && isDatabase(template)) await copyDatabase(template, folder);
      else await createCluster(folder);
    }
    return await PGlite.create({ dataDir: folder, startParams });
  } catch (error) {
    log.warn({ err: error }, `The database in ${folder} can't be opened, so a new one takes its place.`);
    await rm(folder, { recursive: true, force: true });
    await createCluster(folder);
    return PGlite.create({ dataDir: folder, startParams });
  }
}

const isDatabase = (folder: string) => existsSync(join(folder, 'PG_VERSION'));

/** Whole or not at all: a copy that was ended half way would be missing tables. */
async function copyDatabase(from: string, to: string): Promise<void> {
  const unfinished = `${to}.unfinished`;
  for (const folder of [unfinished, to]) await rm(folder, { recursive: true, force: true });
  await cp(from, unfinished, { recursive: true });
  await rename(unfinished, to);
}

/** In a process that ends: the one that runs `initdb` keeps its 100 MB as long as it lives. */
async function createCluster(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const child = fork(fileURLToPath(new URL('./create-cluster.ts', import.meta.url)), [folder]);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`No database could be made in ${folder}. The lines above say why.`);
}
