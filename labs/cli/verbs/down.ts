import { setTimeout as sleep } from 'node:timers/promises';
import { commandOf, isAlive, readLabFile, removeLabFile, type LabFile } from '../../../scripts/lab-file.ts';
import type { Outcome, Verb } from '../verb.ts';

/** What `down` does to the machine; handed in, so that a test needs no process to kill. */
export interface Machine {
  readLabFile(): Pick<LabFile, 'pid'> | undefined;
  removeLabFile(): void;
  /** Is there a process with this id, and is it ours to end? */
  isAlive(pid: number): boolean;
  /** Its command line, where the system tells. */
  commandOf(pid: number): string | undefined;
  terminate(pid: number): void;
  /** Does anything answer on the lab's address? */
  answers(): Promise<boolean>;
  pause(milliseconds: number): Promise<void>;
}

const PATIENCE_MILLISECONDS = 15_000;
const STEP_MILLISECONDS = 100;

/** Ends the lab of this folder and waits until it is gone. Nothing to end is no failure. */
export async function bringDown(machine: Machine): Promise<Outcome> {
  const file = machine.readLabFile();
  if (file === undefined || !isTheLab(file.pid, machine)) {
    if (file !== undefined) machine.removeLabFile();
    if (!(await machine.answers())) return said('The lab is not running.', { stopped: false });
    return {
      ...said(
        'A lab answers, but not one that `npm start` runs from this folder. Use Ctrl-C where it runs, or `docker compose down`.',
        { stopped: false },
      ),
      failed: true,
    };
  }

  machine.terminate(file.pid);
  for (let waited = 0; waited < PATIENCE_MILLISECONDS; waited += STEP_MILLISECONDS) {
    if (!machine.isAlive(file.pid)) {
      machine.removeLabFile();
      return said(`The lab has stopped (process ${file.pid}).`, { stopped: true, pid: file.pid });
    }
    await machine.pause(STEP_MILLISECONDS);
  }
  return {
    ...said(
      `The lab (process ${file.pid}) has not stopped within 15 s. Look into .lab/logs, then \`kill -9 ${file.pid}\`.`,
      {
        stopped: false,
        pid: file.pid,
      },
    ),
    failed: true,
  };
}

/** A process id is used again after a while: another program's must not be ended. */
function isTheLab(pid: number, machine: Machine): boolean {
  if (!machine.isAlive(pid)) return false;
  const command = machine.commandOf(pid);
  return command === undefined || command.includes('start.ts');
}

const said = (text: string, json: object): Outcome => ({ json: { ...json, message: text }, text });

export const down: Verb = {
  usage: [''],
  says: 'Stop the lab, also one started with npm start -- --detach',
  run: ({ home, api }) =>
    bringDown({
      readLabFile: () => readLabFile(home),
      removeLabFile: () => removeLabFile(home),
      isAlive,
      commandOf,
      terminate: (pid) => process.kill(pid, 'SIGTERM'),
      answers: () =>
        api('GET', '/health').then(
          () => true,
          () => false,
        ),
      pause: (milliseconds) => sleep(milliseconds),
    }),
};
