import type { LabProcess, ProcessLog } from '../../server/contract.ts';
import { UsageError, wholeNumber } from '../arguments.ts';
import type { Verb } from '../verb.ts';
import { isLab, resetLab, startLab } from './labs.ts';
import { processTable, resetAll } from './overview.ts';

export const start: Verb = {
  usage: ['PROCESS', 'LAB'],
  says: 'Start a process that was stopped, or a run of a lab',
  async run(cli, { words }) {
    const name = one('start', words, 'the process or the lab');
    return isLab(name) ? startLab(cli, name) : action('start').run(cli, { words, flags: {} });
  },
};

export const stop: Verb = action('stop');
export const restart: Verb = action('restart');

export const reset: Verb = {
  usage: ['', 'LAB'],
  says: 'Everything back to the first day; with a LAB, only that lab',
  async run(cli, { words }) {
    return words[0] === undefined ? resetAll(cli) : resetLab(cli, one('reset', words, 'the lab'));
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
    return { json: log, text: log.lines.join('\n') };
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
