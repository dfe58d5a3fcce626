import { columns } from '../output.ts';
import type { Verb } from '../verb.ts';
import { clean } from './clean.ts';
import { doctorVerb } from './doctor.ts';
import { down } from './down.ts';
import { edits } from './edits.ts';
import { fault } from './faults.ts';
import { answer, check, hint, labs, skip, solution } from './labs.ts';
import { env, send, status, traffic } from './overview.ts';
import { logs, reset, restart, start, stop } from './processes.ts';
import { quiz } from './quiz.ts';
import { telemetry } from './telemetry.ts';

/** The whole command line, in one table. To add a verb: write it, add its line. */
export const verbs: Readonly<Record<string, Verb>> = {
  status,
  env,
  doctor: doctorVerb,
  send,
  fault,
  traffic,
  labs,
  check,
  answer,
  hint,
  skip,
  solution,
  edits,
  quiz,
  start,
  stop,
  restart,
  logs,
  telemetry,
  reset,
  clean,
  down,
};

const command = 'npm run lab --';

/** Every verb with one line each. */
export function help(): string {
  const rows = Object.entries(verbs).map(([name, { says }]) => [`  ${name}`, says]);
  return [
    `${command} VERB [--json]`,
    '',
    columns(rows),
    '',
    `${command} help VERB shows how to use one. LAB_PORT_OFFSET=n speaks to a lab whose ports are moved by n.`,
  ].join('\n');
}

export function helpFor(name: string, { says, usage }: Verb): string {
  return [says, '', ...usage.map((line) => `  ${command} ${name} ${line}`.trimEnd())].join('\n');
}
