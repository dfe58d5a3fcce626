import { runningLab } from '../../scripts/lab-file.ts';

/** The supervisor's port of a lab whose ports are not moved: the one after the lab process's own. */
const SUPERVISOR_PORT = 4322;

/** The address of the supervisor that runs the lab of this folder on these ports; undefined when none does. */
export function runningSupervisor(home: string, portOffset: number): string | undefined {
  const supervisor = runningLab(home)?.supervisor;
  const isOfThesePorts =
    URL.canParse(supervisor ?? '') && Number(new URL(supervisor!).port) === SUPERVISOR_PORT + portOffset;
  return isOfThesePorts ? supervisor : undefined;
}
