import { terminalLine } from '@xray-lab/xray/terminal-text';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabProcess, ProcessLog } from '../../server/contract.ts';
import { supervisorHeaders } from '../../../scripts/supervisor-token.ts';
import { ApiError, labApi, type Api } from '../api.ts';
import { UsageError, wholeNumber } from '../arguments.ts';
import { runningSupervisor } from '../supervisor.ts';
import type { Verb } from '../verb.ts';
import { isLab, resetLab, startLab } from './labs.ts';
import { processTable, resetAll } from './overview.ts';

export const start: Verb = {
  usage: ['PROCESS', 'LAB [--yes]'],
  says: 'Start a process that was stopped, or a run of a lab',
  flags: { yes: { type: 'boolean' } },
  async run(cli, { words, flags }) {
    const name = one('start', words, 'the process or the lab');
    if (isLab(name)) return startLab(cli, name, flags['yes'] === true);
    try {
      return await action('start').run(cli, { words, flags: {} });
    } catch (error) {
      const isAway = name === 'lab' && isNotRunning(error);
      const supervisor = isAway ? runningSupervisor(cli.home, cli.portOffset) : undefined;
      if (supervisor === undefined) throw error;
      const process = await startedBy(labApi(supervisor, supervisorHeaders(cli.home)), name);
      return { json: process, text: processTable([process], cli.style), failed: !process.healthy };
    }
  },
};

const isNotRunning = (error: unknown) => error instanceof ApiError && error.problem.error === 'not-running';

const START_POLL_MILLISECONDS = 200;
const START_PATIENCE_MILLISECONDS = 15_000;

/** Asks the supervisor itself, which every other start asks by way of the lab process; waits until it is healthy. */
async function startedBy(api: Api, name: string): Promise<LabProcess> {
  let process = await api<LabProcess>('POST', `/processes/${name}/start`);
  for (let waited = 0; waited < START_PATIENCE_MILLISECONDS; waited += START_POLL_MILLISECONDS) {
    if (process.state !== 'starting') break;
    await sleep(START_POLL_MILLISECONDS);
    process = await api<LabProcess>('GET', `/processes/${name}`);
  }
  return process;
}

export const stop: Verb = action('stop');
export const restart: Verb = action('restart');

export const reset: Verb = {
  usage: ['[--yes]', 'LAB [--yes]'],
  says: 'Everything back to the first day; with a LAB, only that lab. Asks first; edits are kept',
  flags: { yes: { type: 'boolean' } },
  async run(cli, { words, flags }) {
    const yes = flags['yes'] === true;
    return words[0] === undefined ? resetAll(cli, yes) : resetLab(cli, one('reset', words, 'the lab'), yes);
  },
};

export const logs: Verb = {
  usage: ['PROCESS [--lines N]'],
  says: 'The last lines a process wrote',
  flags: { lines: { type: 'string' } },
  async run({ api }, { words, flags }) {
    const name = one('logs', words, 'the process');
    const lines = flags['lines'] === undefined ? 200 : wholeNumber('lines', String(flags['lines']), 1, 5000);
    const log = await api<ProcessLog>('GET', `/lab/processes/${encodeURIComponent(name)}/log?lines=${lines}`);
    return { json: log, text: log.lines.map(terminalLine).join('\n') };
  },
};

function action(what: 'start' | 'stop' | 'restart'): Verb {
  return {
    usage: ['PROCESS'],
    says: `${what[0]?.toUpperCase()}${what.slice(1)} a process of the lab`,
    async run({ api, style }, { words }) {
      const name = one(what, words, 'the process');
      const process = await api<LabProcess>('POST', `/lab/processes/${encodeURIComponent(name)}/${what}`);
      return { json: process, text: processTable([process], style) };
    },
  };
}

/** The one word a verb takes. */
function one(verb: string, [word, ...more]: readonly string[], what: string): string {
  if (word === undefined) throw new UsageError(`${verb}: name ${what}. \`status\` and \`labs\` show them.`);
  if (more.length > 0) throw new UsageError(`${verb}: give one at a time.`);
  return word;
}
