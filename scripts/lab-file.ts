import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `lab.pid` holds: who runs the lab that keeps its state in this folder. */
export interface LabFile {
  pid: number;
  supervisor: string;
  startedAt: number;
}

const pathIn = (home: string) => join(home, 'lab.pid');

/** Whether a process of ours runs under this id. One that ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

/** In a container nobody may ever notice that a process ended. */
function isZombie(pid: number): boolean {
  try {
    return /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Its command line, where the system tells. */
export function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when there is none, or when it is not readable as one. */
export function readLabFile(home: string): LabFile | undefined {
  try {
    const file = JSON.parse(readFileSync(pathIn(home), 'utf8')) as LabFile;
    return Number.isInteger(file.pid) && file.pid > 1 ? file : undefined;
  } catch {
    return undefined;
  }
}

/** The lab that runs from this folder, if one does. A process id is used again after a while: that does not count. */
export function runningLab(home: string): LabFile | undefined {
  const file = readLabFile(home);
  if (!file || !isAlive(file.pid)) return undefined;
  return commandOf(file.pid)?.includes('start.ts') === false ? undefined : file;
}

export function writeLabFile(home: string, file: LabFile): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(pathIn(home), JSON.stringify(file));
}

export function removeLabFile(home: string): void {
  rmSync(pathIn(home), { force: true });
}
