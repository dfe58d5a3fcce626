/**
 * From a fresh clone to the first joined trace, as a learner has it: an empty npm cache, `npm start`, and the time it prints.
 * The peer is the same with the commit before set-up learnt to wait for less, in turns on the same machine. Needs the network
 * and free ports, and downloads everything anew each time.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { portOffsets } from '../scripts/supervisor/port-offsets.ts';
import { root } from '../tests/imports.ts';
import type { Bench } from './bench.ts';
import { interleaved, median, ratio } from './measure.ts';

const RUNS = 2;
/** Installed and compiled everything, and built the site, before it started. */
const PEER_COMMIT = '9ccd761';
const MOST_OF_PEER = 0.5;

const seconds = (value: number) => `${value.toFixed(1)} s`;

export async function benchFresh(): Promise<Bench> {
  const { ours, peer } = await interleaved(
    RUNS,
    () => firstTraceSeconds('HEAD'),
    () => firstTraceSeconds(PEER_COMMIT),
  );
  const [our, their] = [median(ours), median(peer)];
  return {
    name: `fresh clone (medians of ${RUNS} interleaved runs, npm's cache empty)`,
    peer: `the same at ${PEER_COMMIT}`,
    rows: [
      {
        what: 'first joined trace',
        ours: seconds(our),
        peer: seconds(their),
        ratio: ratio(our, their),
        budget: `≤ ${MOST_OF_PEER} × the peer`,
        kept: our <= MOST_OF_PEER * their,
      },
    ],
    raw: { ours, peer },
    notes: ['What is not committed is not in a clone, and so is not measured.'],
  };
}

/** What `npm start` prints, seconds since it began. Throws its output when no trace came. */
async function firstTraceSeconds(commit: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'xray-lab-fresh-'));
  const clone = join(folder, 'clone');
  const git = (...args: string[]) => execFileSync('git', args, { stdio: 'ignore' });
  try {
    git('clone', root, clone);
    git('-C', clone, 'checkout', execFileSync('git', ['-C', root, 'rev-parse', commit]).toString().trim());
    const outsideNpm = Object.entries(process.env).filter(
      ([name]) => !/^(npm_|INIT_CWD$|LAB_|NODE_COMPILE_CACHE$)/i.test(name),
    );
    // The machine's own Node, as a learner has it, and not the one that set-up brought.
    const path = (process.env['PATH'] ?? '')
      .split(':')
      .filter((place) => !place.startsWith(root))
      .join(':');
    const child = spawn('npm', ['start'], {
      cwd: clone,
      detached: true,
      env: {
        ...Object.fromEntries(outsideNpm),
        PATH: path,
        npm_config_cache: join(folder, 'npm-cache'),
        LAB_PORT_OFFSET: String(portOffsets.bench),
      },
    });
    const ended = once(child, 'close');
    let output = '';
    const found = new Promise<number | undefined>((resolve) => {
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          const printed = /First joined trace\s+([\d.]+) s/.exec(output)?.[1];
          if (printed !== undefined) resolve(Number(printed));
        });
      void ended.then(() => resolve(undefined));
    });
    const measured = await found;
    // As Ctrl-C does: the whole group.
    if (measured !== undefined) process.kill(-child.pid!, 'SIGINT');
    await ended;
    if (measured === undefined) throw new Error(`${commit} sent no first trace:\n${output}`);
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
