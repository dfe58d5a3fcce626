import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `lab.pid` holds: who runs the lab that keeps its state in this folder. */
export interface LabFile {
  pid: number;
  supervisor: string;
  startedAt: number;
}

const pathIn = (home: string) => join(home, 'lab.pid');

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** The lab that runs from this folder, if one does. A file left by a dead one does not count. */
export function runningLab(home: string): LabFile | undefined {
  try {
    const file = JSON.parse(readFileSync(pathIn(home), 'utf8')) as LabFile;
    return isAlive(file.pid) ? file : undefined;
  } catch {
    return undefined;
  }
}

export function writeLabFile(home: string, file: LabFile): void {
  mkdirSync(home, { recursive: true });
  writeFileSync(pathIn(home), JSON.stringify(file));
}

export function removeLabFile(home: string): void {
  rmSync(pathIn(home), { force: true });
}
