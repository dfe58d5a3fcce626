/** `npm run bench -- NAME…`: measures, beside a peer in the same run, and prints a table and JSON. */
import { cpus, freemem, platform, release, totalmem } from 'node:os';
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
  name: string;
  /** What the peer is. */
  peer: string;
  rows: Row[];
  raw: unknown;
}

const benches: Record<string, () => Promise<Bench>> = { start: benchStart };

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !benches[name]);
if (asked.length === 0 || unknown.length > 0) {
  process.stderr.write(`Name what to measure: npm run bench -- ${Object.keys(benches).join(' | ')}\n`);
  process.exit(2);
}

const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
const machine = {
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memory: `${gigabytes(totalmem())}, ${gigabytes(freemem())} free`,
  system: `${platform()} ${release()}`,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
};
console.log(
  `Machine: ${machine.cpu}; ${machine.memory}; ${machine.system}; Node ${machine.node}; ${machine.date}`,
);

let kept = true;
for (const name of asked) {
  const bench = await benches[name]!();
  console.log(`\n${bench.name}. Peer: ${bench.peer}`);
  console.table(Object.fromEntries(bench.rows.map(({ what, ...row }) => [what, row])));
  console.log(JSON.stringify({ bench: bench.name, machine, rows: bench.rows, raw: bench.raw }));
  kept &&= bench.rows.every((row) => row.kept);
}
process.exitCode = kept ? 0 : 1;
