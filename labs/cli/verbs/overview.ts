import type {
  ActiveFault,
  LabEnvironment,
  LabProcess,
  LabStatus,
  ResetReport,
  Sent,
  Traffic,
} from '../../server/contract.ts';
import { UsageError, wholeNumber } from '../arguments.ts';
import { columns, duration, megabytes, shellQuoted, type Style } from '../output.ts';
import { goesOn } from '../confirm.ts';
import type { Cli, Outcome, Verb } from '../verb.ts';
import { keptSentence } from './edits.ts';

export const status: Verb = {
  usage: [''],
  says: 'Processes, faults, traffic, addresses, memory',
  async run({ api, style }) {
    const state = await api<LabStatus>('GET', '/lab/status');
    return { json: state, text: describe(state, style) };
  },
};

function describe(state: LabStatus, style: Style): string {
  const ready = state.ready ? style.good('ready') : style.careful('not ready');
  const head = `X-Ray Lab ${state.version} · ${ready} · ${state.setUp} · ${megabytes(state.memoryBytes)} of memory`;
  const { site, gateway, xray, daemon, dynamodb } = state.endpoints;
  return [
    style.strong(head),
    '',
    processTable(state.processes, style),
    '',
    columns([
      ['traffic', trafficLine(state.traffic)],
      [
        'faults',
        state.faults.length === 0 ? 'none' : state.faults.map((fault) => faultLine(fault)).join('; '),
      ],
      ['site', site],
      ['shop', gateway],
      ['X-Ray', `${xray}  daemon ${daemon}`],
      ['DynamoDB', dynamodb],
      ['data', state.dataFolder],
    ]),
  ].join('\n');
}

/** One line per process: what it is doing, and why not. */
export function processTable(processes: readonly LabProcess[], style: Style): string {
  if (processes.length === 0) return style.careful('No process is known: the supervisor does not answer.');
  return columns(
    processes.map(({ name, state, healthy, optional, address, memoryBytes, restarts, reason }) => [
      healthy ? style.good('✓') : optional && state === 'stopped' ? '·' : style.bad('✕'),
      name,
      state,
      address,
      memoryBytes === undefined ? '' : megabytes(memoryBytes),
      restarts === 0 ? '' : `${restarts} restart${restarts === 1 ? '' : 's'}`,
      reason ?? '',
    ]),
  );
}

export function trafficLine({ profile, sent, answered }: Traffic): string {
  const outcomes = Object.entries(answered)
    .filter(([, count]) => count > 0)
    .map(([outcome, count]) => `${count} × ${outcome}`);
  return `${profile}, ${sent} sent${outcomes.length === 0 ? '' : `: ${outcomes.join(', ')}`}`;
}

export function faultLine({ id, applied, reason, stopsAt }: ActiveFault): string {
  const until =
    stopsAt === undefined ? '' : `, stops in ${Math.max(0, Math.round(stopsAt - Date.now() / 1000))} s`;
  return `${id} (${applied ? 'applied' : `not applied: ${reason ?? 'not yet'}`}${until})`;
}

export const env: Verb = {
  usage: [''],
  says: 'Variables for a shell: eval "$(npm run -s lab -- env)"',
  async run({ api }) {
    const { variables } = await api<LabEnvironment>('GET', '/lab/env');
    const lines = Object.entries(variables).map(([name, value]) => `export ${name}=${shellQuoted(value)}`);
    // A profile or a token of a real account would be sent along with the lab's keys, or win over them.
    const unset = 'unset AWS_PROFILE AWS_DEFAULT_PROFILE AWS_SESSION_TOKEN';
    return { json: variables, text: [unset, ...lines].join('\n') };
  },
};

export const send: Verb = {
  usage: ['[--count N] [--customer ID]'],
  says: 'Send a real checkout; prints its trace id',
  flags: { count: { type: 'string' }, customer: { type: 'string' } },
  async run({ api, style }, { flags }) {
    const count = flags['count'] === undefined ? 1 : wholeNumber('count', String(flags['count']), 1, 1000);
    const body = flags['customer'] === undefined ? {} : { customerId: String(flags['customer']) };
    const all: Sent[] = [];
    for (let sent = 0; sent < count; sent++) all.push(await api<Sent>('POST', '/lab/send', body));
    return {
      json: count === 1 ? all[0] : all,
      text: columns(all.map((sent) => sentLine(sent, style))),
      // An answer of 504 is what a learner may have come to see; no answer at all is a failure of this command.
      failed: all.some(({ status }) => status === 0),
    };
  },
};

const sentLine = ({ status, traceId, orderId, durationMilliseconds }: Sent, style: Style) => [
  status > 0 && status < 400
    ? style.good(String(status))
    : style.bad(status === 0 ? 'no answer' : String(status)),
  traceId ?? (status === 0 ? 'is gateway running? `npm run lab -- status`' : 'not sampled: no trace'),
  orderId ?? '',
  duration(durationMilliseconds),
];

export const traffic: Verb = {
  usage: ['', 'PROFILE'],
  says: 'Scripted shoppers: list the profiles, or change to one of them',
  async run({ api, style }, { words }) {
    const [profile, ...more] = words;
    if (more.length > 0) throw new UsageError('traffic: give one profile.');
    const state =
      profile === undefined
        ? await api<Traffic>('GET', '/lab/traffic')
        : await api<Traffic>('PUT', '/lab/traffic', { profile });
    const rows = state.profiles.map(({ name, title, requestsPerMinute }) => [
      name === state.profile ? style.good('●') : ' ',
      name,
      `${requestsPerMinute} a minute`,
      title,
    ]);
    return { json: state, text: `${columns(rows)}\n\n${trafficLine(state)}` };
  },
};

/** `reset` without a lab: everything back to the first day. */
export async function resetAll(cli: Cli, yes: boolean): Promise<Outcome> {
  const { api } = cli;
  const question =
    "This forgets all traces and quiz attempts, and every lab's points; edits and points of labs are kept, to bring back. Go on?";
  if (!(await goesOn(cli, yes, question)))
    return { json: { done: false }, text: 'Nothing was changed.', failed: true };
  const report = await api<ResetReport>('POST', '/lab/reset');
  const said = (names: readonly string[]) => (names.length === 0 ? 'none' : names.join(', '));
  const text = columns([
    ['faults stopped', said(report.faultsStopped)],
    ['files restored', said(report.filesRestored)],
    ...(report.editsKept ?? []).map((kept) => ['edits kept', keptSentence(kept)]),
    ['labs forgotten', said(report.labsForgotten)],
    ['quiz attempts', `${report.quizAttemptsForgotten} forgotten`],
    ['traces', report.tracesForgotten ? 'forgotten' : `kept: ${report.reason ?? 'unknown reason'}`],
  ]);
  return { json: report, text, failed: !report.tracesForgotten };
}
