import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { log } from '../../platform/log.ts';

/** PostgreSQL's own is 128 MB, of which nothing here is the quicker. */
const SHARED_BUFFERS = '16MB';

const startParams = [...PGlite.defaultStartParams, '-c', `shared_buffers=${SHARED_BUFFERS}`];

/**
 * PostgreSQL in this process, with its files in `folder`, which is made when it is missing. Files that a power cut or
 * a kill left in a state that PostgreSQL refuses are thrown away: who uses the database fills an empty one.
 *
 * @param folder Absolute, or relative to the working directory.
 */
export async function openDatabase(folder: string): Promise<PGlite> {
  try {
    if (!existsSync(join(folder, 'PG_VERSION'))) await createCluster(folder);
    return await PGlite.create({ dataDir: folder, startParams });
  } catch (error) {
    log.warn({ err: error }, `The database in ${folder} can't be opened, so a new one takes its place.`);
    await rm(folder, { recursive: true, force: true });
    await createCluster(folder);
    return PGlite.create({ dataDir: folder, startParams });
  }
}

/** In a process that ends: the one that runs `initdb` keeps its 100 MB as long as it lives. */
async function createCluster(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const child = fork(fileURLToPath(new URL('./create-cluster.ts', import.meta.url)), [folder]);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`No database could be made in ${folder}. The lines above say why.`);
}
