/**
 * Starts every process once on other ports with a state of its own, and stops them: what Node compiles on the way stays
 * in `.runtime/compile-cache`, so that the first `npm start` of a learner is as quick and as small as the next ones.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { portOffsets } from './supervisor/port-offsets.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import { localEnvironment, processTable, setUpFromEnvironment } from './supervisor/table.ts';

const DEADLINE_MILLISECONDS = 40_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const home = mkdtempSync(join(tmpdir(), 'xray-lab-warm-'));
const setUp = { ...setUpFromEnvironment(root, {}), home, portOffset: portOffsets.warm };
const supervisor = new Supervisor(processTable, setUp, localEnvironment(setUp));

supervisor.startAll();
const deadline = Date.now() + DEADLINE_MILLISECONDS;
const settled = async () =>
  (await supervisor.viewNeeded()).every(({ healthy, state }) => healthy || state === 'crashed');
while (Date.now() < deadline && !(await settled())) await new Promise((resolve) => setTimeout(resolve, 100));
await supervisor.stopAll();
rmSync(home, { recursive: true, force: true });
process.exit(0);
