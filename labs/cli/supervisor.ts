import { runningLab } from '../../scripts/lab-file.ts';
import { ports } from './doctor.ts';

const { port: supervisorPort } = ports.find(({ name }) => name === 'supervisor')!;

/** The address of the supervisor that runs the lab of this folder on these ports; undefined when none does. */
export function runningSupervisor(home: string, portOffset: number): string | undefined {
  const supervisor = runningLab(home)?.supervisor;
  const isOfThesePorts =
    URL.canParse(supervisor ?? '') && Number(new URL(supervisor!).port) === supervisorPort + portOffset;
  return isOfThesePorts ? supervisor : undefined;
}
