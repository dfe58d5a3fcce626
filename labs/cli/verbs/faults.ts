import type { ActiveFault, FaultDescription, Faults } from '../../server/contract.ts';
import { readParameters, UsageError, wholeNumber } from '../arguments.ts';
import { columns, wrapped, type Style } from '../output.ts';
import type { Arguments } from '../arguments.ts';
import type { Cli, Outcome, Verb } from '../verb.ts';
import { faultLine } from './overview.ts';

export const fault: Verb = {
  usage: ['list', 'on ID [--param NAME=VALUE …] [--stop-after SECONDS]', 'off ID', 'off --all'],
  says: 'Switch faults on and off',
  flags: {
    param: { type: 'string', multiple: true },
    'stop-after': { type: 'string' },
    all: { type: 'boolean' },
  },
  async run(cli, given) {
    const [action = 'list', id, ...more] = given.words;
    if (more.length > 0) throw new UsageError('fault: give one fault at a time.');
    if (action === 'list') return listFaults(cli);
    if (action === 'on') return on(cli, id, given);
    if (action === 'off') return off(cli, id, given.flags['all'] === true);
    throw new UsageError(`fault: "${action}" is not list, on or off.`);
  },
};

async function listFaults({ api, style }: Cli): Promise<Outcome> {
  const faults = await api<Faults>('GET', '/lab/faults');
  const active = faults.active.map((one) => `  ${style.careful('■')} ${faultLine(one)}`);
  const text = [
    ...faults.catalogue.map((one) => describe(one, style)),
    `on now: ${active.length === 0 ? 'none' : ''}`.trimEnd(),
    ...active,
  ].join('\n');
  return { json: faults, text };
}

function describe(
  { id, title, inTheWild, lookFor, signature, parameters }: FaultDescription,
  style: Style,
): string {
  const rows = Object.entries(
    (parameters['properties'] ?? {}) as Record<string, Record<string, unknown>>,
  ).map(([name, schema]) => [
    `    --param ${name}=${String(schema['default'] ?? '…')}`,
    String(schema['description'] ?? ''),
  ]);
  return [
    `${style.strong(id)}  ${title}`,
    wrapped(inTheWild, '    '),
    wrapped(`Look for: ${lookFor}`, '    '),
    `    filter: ${signature.filter}`,
    ...(rows.length === 0 ? [] : [columns(rows)]),
    '',
  ].join('\n');
}

async function on({ api, style }: Cli, id: string | undefined, { flags }: Arguments): Promise<Outcome> {
  if (id === undefined) throw new UsageError('fault on: name the fault. `fault list` shows them.');
  const stopAfter = flags['stop-after'];
  const active = await api<ActiveFault>('POST', `/lab/faults/${encodeURIComponent(id)}`, {
    parameters: readParameters((flags['param'] ?? []) as string[]),
    ...(stopAfter !== undefined && {
      stopAfterSeconds: wholeNumber('stop-after', String(stopAfter), 1, 86_400),
    }),
  });
  const mark = active.applied ? style.good('on') : style.careful('on, but');
  return { json: active, text: `${mark}  ${faultLine(active)}` };
}

async function off({ api }: Cli, id: string | undefined, all: boolean): Promise<Outcome> {
  if ((id === undefined) === !all) throw new UsageError('fault off: name the fault, or say --all.');
  const faults = await api<Faults>(
    'DELETE',
    all ? '/lab/faults' : `/lab/faults/${encodeURIComponent(id ?? '')}`,
  );
  const left = faults.active.map(faultLine);
  return { json: faults, text: left.length === 0 ? 'no fault is on' : `on now: ${left.join('; ')}` };
}
