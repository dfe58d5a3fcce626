/**
 * Starts every process once on other ports with a state of its own, and stops them: what Node compiles on the way stays
 * in `.runtime/compile-cache`, for the containers of an image. The database of the on-premises host stays too, with its table
 * filled, as the template of every lab's; `--template` starts that host's processes only, `--no-template` leaves none.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { portOffsets } from './supervisor/port-offsets.ts';
import { Supervisor } from './supervisor/supervisor.ts';
import {
  legacyDatabaseTemplate,
  localEnvironment,
  processNamed,
  processTable,
  setUpFromEnvironment,
} from './supervisor/table.ts';

const DEADLINE_MILLISECONDS = 40_000;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const runtime = join(root, '.runtime');
mkdirSync(runtime, { recursive: true });
const home = mkdtempSync(join(runtime, 'warm-'));
const setUp = { ...setUpFromEnvironment(root, {}), home, portOffset: portOffsets.warm };
const template = legacyDatabaseTemplate(setUp);
rmSync(template, { recursive: true, force: true });

const supervisor = new Supervisor(processTable, setUp, localEnvironment(setUp));
const onPremises = ['legacy-pricing', ...(processNamed('legacy-pricing').needs ?? [])];
const started = process.argv.includes('--template') ? onPremises : supervisor.names;
for (const name of started) supervisor.start(name);
const deadline = Date.now() + DEADLINE_MILLISECONDS;
const settled = async () =>
  (await supervisor.viewAll()).every(
    ({ name, healthy, state }) => !started.includes(name) || healthy || state === 'crashed',
  );
while (Date.now() < deadline && !(await settled())) await new Promise((resolve) => setTimeout(resolve, 100));
// Healthy means that its table is filled.
const { healthy: isFilled } = await supervisor.view('legacy-pricing');
await supervisor.stopAll();
if (isFilled && !process.argv.includes('--no-template')) renameSync(join(home, 'legacy-database'), template);
rmSync(home, { recursive: true, force: true });
process.exit(0);
