import { resolve } from 'node:path';
import { terminalJson, terminalLine } from '@xray-lab/xray/terminal-text';
import { ApiError, labApi } from './api.ts';
import { nearest, readArguments, UsageError } from './arguments.ts';
import { confirmOnTerminal } from './confirm.ts';
import { printable, styleFor } from './output.ts';
import { runningSupervisor } from './supervisor.ts';
import type { Cli, Verb } from './verb.ts';
import { help, helpFor, verbs } from './verbs/index.ts';

/**
 * `npm run lab -- VERB`. Exit codes: 0 done (or passed), 1 the answer is no (a check that did not pass, a lab that is
 * not running, a request that was refused), 2 the command line was wrong.
 */
export async function main(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [name = 'help', ...rest] = words;
  const json = rest.includes('--json');
  try {
    if (['help', '--help', '-h'].includes(name))
      return print(rest[0] ? helpFor(rest[0], verbOf(rest[0])) : help());
    const verb = verbOf(name);
    const given = readArguments(name, rest, verb.flags, verb.pairs);
    if (given.flags['help']) return print(helpFor(name, verb));

    const outcome = await verb.run(cliOf(env), given);
    print(json ? terminalJson(JSON.stringify(outcome.json, undefined, 2)) : outcome.text);
    return outcome.failed ? 1 : 0;
  } catch (error) {
    return complain(error, json, env);
  }
}

function verbOf(name: string): Verb {
  const verb = verbs[name];
  if (verb) return verb;
  const meant = nearest(name, Object.keys(verbs));
  throw new UsageError(
    `There is no verb "${name}". ${meant === undefined ? '`npm run lab -- help` lists them.' : `Did you mean "${meant}"?`}`,
  );
}

function cliOf(env: NodeJS.ProcessEnv): Cli {
  const portOffset = Number(env['LAB_PORT_OFFSET'] || 0);
  if (!Number.isInteger(portOffset) || portOffset < 0 || portOffset > 57_000) {
    throw new UsageError(
      `LAB_PORT_OFFSET: "${env['LAB_PORT_OFFSET']}" is not a whole number from 0 to 57000.`,
    );
  }
  const address = `http://127.0.0.1:${4321 + portOffset}`;
  return {
    api: labApi(address),
    style: styleFor(process.stdout, env),
    env,
    root,
    home: homeIn(env),
    portOffset,
    address,
    confirm: confirmOnTerminal,
  };
}

const root = resolve(import.meta.dirname, '../..');
const homeIn = (env: NodeJS.ProcessEnv) => resolve(root, env['LAB_HOME'] || '.lab');

/** What to do when the lab process does not answer although the lab has not been stopped. */
const waitForTheLab = {
  message: 'The lab process does not answer at the moment, the rest of the lab runs.',
  remedy: 'It is started again within seconds. If it is not: `npm run lab -- start lab`.',
};

function complain(error: unknown, json: boolean, env: NodeJS.ProcessEnv): number {
  if (error instanceof UsageError) {
    if (json) print(terminalJson(JSON.stringify({ error: 'usage', message: error.message }, undefined, 2)));
    else process.stderr.write(`${terminalLine(error.message)}\n`);
    return 2;
  }
  if (!(error instanceof ApiError)) throw error;
  const isAway =
    error.problem.error === 'not-running' &&
    runningSupervisor(homeIn(env), Number(env['LAB_PORT_OFFSET'] || 0)) !== undefined;
  const problem = isAway ? { ...error.problem, ...waitForTheLab } : error.problem;
  if (json) print(terminalJson(JSON.stringify(problem, undefined, 2)));
  else process.stderr.write(`${terminalLine([problem.message, problem.remedy].filter(Boolean).join(' '))}\n`);
  return 1;
}

function print(text: string): number {
  if (text !== '') process.stdout.write(`${printable(text)}\n`);
  return 0;
}

if (import.meta.main) {
  // A reader that goes away early, as `head` does, is no failure.
  process.stdout.on('error', () => process.exit(0));
  process.exitCode = await main(process.argv.slice(2), process.env);
}
