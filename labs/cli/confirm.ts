import { createInterface } from 'node:readline/promises';
import type { Cli } from './verb.ts';

/** Asks before something is taken away; undefined where nobody can be asked, because input or output is not a terminal. */
export type Confirm = (question: string) => Promise<boolean | undefined>;

export const confirmOnTerminal: Confirm = async (question) => {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
};

/** Whether to go on: with `--yes`, with a yes, or where nobody can be asked, since what goes is kept. */
export async function goesOn(
  { confirm }: Pick<Cli, 'confirm'>,
  yes: boolean,
  question: string,
): Promise<boolean> {
  return yes || (await confirm(question)) !== false;
}
