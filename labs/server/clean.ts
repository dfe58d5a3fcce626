import { readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { Router } from 'express';
import type { CleanReport } from './contract.ts';
import { keptEdits } from './runs/kept-edits.ts';

/**
 * Frees what the lab's home holds and nobody works with: logs, and kept edits but the newest of each lab. Progress, traces,
 * the files that a lab edits and the originals of these are left alone.
 *
 * @param home `$LAB_HOME`
 */
export async function clean(home: string): Promise<CleanReport> {
  const removed: CleanReport['removed'] = [];
  const logs = join(home, 'logs');
  for (const name of (await readdir(logs).catch(() => []))
    .filter((one) => /\.log(\.\d+)?$/.test(one))
    .sort()) {
    const path = join(logs, name);
    const { size: bytes } = await stat(path);
    if (bytes === 0) continue;
    // A process that runs goes on writing to its file: emptied it is there for it, removed it would not be.
    if (name.endsWith('.log')) await truncate(path);
    else await rm(path);
    removed.push({ what: `logs/${name}`, bytes });
  }
  // The clock is only for what is put there.
  for (const { set, bytes } of await keptEdits(join(home, 'edits'), () => 0).removeOld()) {
    removed.push({ what: `edits/${set.lab}/${set.time}`, bytes });
  }
  return { removed, bytes: removed.reduce((sum, { bytes }) => sum + bytes, 0) };
}

/** Frees disk space. */
export function cleanRoutes(home: string): Router {
  const routes = Router();
  routes.post('/lab/clean', async (_request, response) => {
    response.json(await clean(home));
  });
  return routes;
}
