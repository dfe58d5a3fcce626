/**
 * `npm run bench -- NAME… [--keep]`: measures, beside a peer in the same run, and prints a table and JSON. `--keep`
 * also writes the table into RESULTS.md.
 */
import { benchConsole } from './console.ts';
import { benchDaemon } from './daemon.ts';
import { benchIngest } from './ingest.ts';
import { machineFacts } from './measure.ts';
import { benchQuery } from './query.ts';
import { keepResult } from './results.ts';
import { benchShop } from './shop.ts';
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
};

const isKeeping = process.argv.includes('--keep');
const asked = process.argv.slice(2).filter((word) => word !== '--keep');
const unknown = asked.filter((name) => !benches[name]);
if (asked.length === 0 || unknown.length > 0) {
  process.stderr.write(
    `Name what to measure: npm run bench -- ${Object.keys(benches).join(' | ')} [--keep]\n`,
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
