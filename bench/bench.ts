/**
 * `npm run bench -- NAME… [--keep] [--checkouts N]`: measures, beside a peer in the same run, and prints a table and JSON.
 * `--keep` also writes the table into RESULTS.md; `--checkouts` is how many the soak sends.
 */
import { parseArgs } from 'node:util';
import { benchConsole } from './console.ts';
import { benchDaemon } from './daemon.ts';
import { benchFresh } from './fresh.ts';
import { benchIngest } from './ingest.ts';
import { machineFacts } from './measure.ts';
import { benchQuery } from './query.ts';
import { keepResult } from './results.ts';
import { benchShop } from './shop.ts';
import { benchSoak } from './soak.ts';
import { benchStart } from './start.ts';

export interface Row {
  what: string;
  ours: string;
  peer: string;
  /** Ours divided by the peer's; machines are noisy, ratios of one run less so. */
  ratio: string;
  budget: string;
  kept: boolean;
}

export interface Bench {
  /** What was measured, and how often. */
  name: string;
  /** What the peer is. */
  peer: string;
  rows: Row[];
  raw: unknown;
  /** Sentences that a reader of the table needs. */
  notes?: readonly string[];
}

const benches: Record<string, () => Promise<Bench>> = {
  start: benchStart,
  daemon: benchDaemon,
  ingest: benchIngest,
  query: benchQuery,
  shop: benchShop,
  console: benchConsole,
  fresh: benchFresh,
  soak: () => benchSoak(checkouts),
};

const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { keep: { type: 'boolean' }, checkouts: { type: 'string' } },
});
const isKeeping = options.keep === true;
const checkouts = options.checkouts === undefined ? undefined : Number(options.checkouts);
const isWrong = checkouts !== undefined && !(Number.isInteger(checkouts) && checkouts >= 100);
if (isWrong || asked.length === 0 || asked.some((name) => !benches[name])) {
  process.stderr.write(
    `Name what to measure: npm run bench -- ${Object.keys(benches).join(' | ')} [--keep]; soak takes --checkouts N, 100 or more\n`,
  );
  process.exit(2);
}

const machine = machineFacts();
console.log(
  `Machine: ${machine.cpu}; ${machine.memory}; ${machine.system}; Node ${machine.node}; ${machine.date}`,
);

let kept = true;
for (const name of asked) {
  const bench = await benches[name]!();
  console.log(`\n${bench.name}. Peer: ${bench.peer}`);
  console.table(Object.fromEntries(bench.rows.map(({ what, ...row }) => [what, row])));
  for (const note of bench.notes ?? []) console.log(`* ${note}`);
  console.log(JSON.stringify({ bench: bench.name, machine, rows: bench.rows, raw: bench.raw }));
  if (isKeeping) keepResult(name, bench, machine);
  kept &&= bench.rows.every((row) => row.kept);
}
process.exitCode = kept ? 0 : 1;
