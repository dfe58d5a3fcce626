import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Memory of a process, bytes. */
export interface Memory {
  /** Everything of it that is in memory, with pages that other processes hold too. */
  resident: number;
  /**
   * The same, with a page that several processes hold counted for each with its part only: what a group of processes
   * takes from the machine is the sum of these (PSS, `man 5 proc_pid_smaps_rollup`). Linux tells it.
   */
  proportional?: number;
}

/** Undefined when the process is gone or the system does not tell. */
export async function memoryOf(pid: number): Promise<Memory | undefined> {
  try {
    if (process.platform !== 'linux') {
      const { stdout } = await promisify(execFile)('ps', ['-o', 'rss=', '-p', String(pid)]);
      const resident = Number(stdout.trim()) * 1024;
      return resident > 0 ? { resident } : undefined;
    }
    const resident = bytesOf('VmRSS', await readFile(`/proc/${pid}/status`, 'utf8'));
    if (resident === undefined) return undefined;
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    const proportional = bytesOf('Pss', rollup);
    return { resident, ...(proportional !== undefined && { proportional }) };
  } catch {
    return undefined;
  }
}

/** What a process takes from the machine, bytes, as exactly as the system tells. */
export const memoryTaken = ({ resident, proportional }: Memory): number => proportional ?? resident;

/** A line `NAME: 123 kB` of a file of /proc, in bytes. */
function bytesOf(name: string, text: string): number | undefined {
  const found = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}
