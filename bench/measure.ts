/** What every bench needs: interleaved runs, medians, and what a process has cost so far. */
import { readFileSync } from 'node:fs';
import { cpus, freemem, platform, release, totalmem } from 'node:os';

/** Fewer runs than this tell more of the machine's neighbours than of the program. */
export const RUNS = 5;

export const median = (values: readonly number[]): number => percentileOf(values, 0.5);

/** The value below which `part` (0 to 1) of the values lie; NaN for none. */
export function percentileOf(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN;
}

/** Ours, peer, ours, peer …: a machine that slows down meanwhile slows both. */
export async function interleaved<Ours, Peer>(
  runs: number,
  ours: () => Promise<Ours>,
  peer: () => Promise<Peer>,
): Promise<{ ours: Ours[]; peer: Peer[] }> {
  const results: { ours: Ours[]; peer: Peer[] } = { ours: [], peer: [] };
  for (let run = 0; run < runs; run++) {
    results.ours.push(await ours());
    results.peer.push(await peer());
  }
  return results;
}

export interface Usage {
  /** User and system time so far. */
  cpuSeconds: number;
  /** The most memory resident at any moment. */
  peakBytes: number;
}

/** Linux's ticks of process times, `getconf CLK_TCK`: 100 wherever Node runs. */
const TICKS_PER_SECOND = 100;

/** What a process has cost so far, from /proc. Zeros where there is no /proc. */
export function usageOf(pid: number): Usage {
  try {
    // The second field, the program's name in parentheses, may hold spaces.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /, '')
      .split(' ');
    const kilobytes = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
      peakBytes: Number(kilobytes ?? 0) * 1024,
    };
  } catch {
    return { cpuSeconds: 0, peakBytes: 0 };
  }
}

export interface Machine {
  cpu: string;
  memory: string;
  system: string;
  node: string;
  /** `2026-11-22`. */
  date: string;
}

export function machineFacts(): Machine {
  const gigabytes = (bytes: number) => `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
  return {
    cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
    memory: `${gigabytes(totalmem())}, ${gigabytes(freemem())} free`,
    system: `${platform()} ${release()}`,
    node: process.version,
    date: new Date().toISOString().slice(0, 10),
  };
}

/** `20345.6` → `20,346`. */
export const thousands = (value: number): string => Math.round(value).toLocaleString('en-US');

export const megabytes = (bytes: number): string => `${thousands(bytes / 1024 ** 2)} MB`;

/** Three digits are as many as a busy machine can vouch for. */
export const ratio = (ours: number, peer: number): string => (ours / peer).toPrecision(3);
