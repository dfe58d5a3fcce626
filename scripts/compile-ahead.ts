/**
 * Compiles the lab's programs before they first run, so that the first `npm start` of a learner is as quick and as small as the
 * next ones: no process of it has to hold the compiler that strips types (some 20 MB). With the argument `xray` only those of
 * `npm run xray`, whose packages may be all there are.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeFlagsOf } from './supervisor/supervisor.ts';
import { processTable, programOf, setUpFromEnvironment, type ProcessDefinition } from './supervisor/table.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const setUp = setUpFromEnvironment(root, {});

const isForXRay = process.argv[2] === 'xray';

/** What was compiled with other flags does not count, so the programs are told apart by theirs. Optional ones wait. */
const programsByFlags = new Map<string, string[]>([
  // As package.json starts it.
  [
    '--disable-warning=ExperimentalWarning --max-semi-space-size=1',
    isForXRay ? [] : [join(root, 'scripts/start.ts')],
  ],
]);
const isWanted = ({ optional, program }: ProcessDefinition) =>
  !optional && (!isForXRay || program.startsWith('xray/'));
for (const definition of processTable.filter(isWanted)) {
  const flags = nodeFlagsOf(definition).join(' ');
  programsByFlags.set(flags, [...(programsByFlags.get(flags) ?? []), programOf(definition, setUp)]);
}

const graph = join(root, 'scripts/compile-graph.mjs');
const codes = await Promise.all(
  [...programsByFlags].map(async ([flags, programs]) => {
    const child = spawn(process.execPath, [...flags.split(' '), graph, ...programs], { stdio: 'inherit' });
    const [code] = (await once(child, 'exit')) as [number | null];
    return code;
  }),
);
process.exit(codes.every((code) => code === 0) ? 0 : 1);
