import type { ActiveFault, FaultDescription, FaultRequest, Faults, LabRun } from '../../server/contract.ts';
import { nearest, readParameters, UsageError, wholeNumber } from '../arguments.ts';
import type { Arguments } from '../arguments.ts';
import type { Cli, Outcome, Verb } from '../verb.ts';
import { catalogueText, expectation, faultText } from './fault-text.ts';
import { labId } from './labs.ts';
import { faultLine } from './overview.ts';

export const fault: Verb = {
  usage: [
    'list [WORD]',
    'show ID',
    'on ID [--PARAMETER VALUE …] [--seed NUMBER] [--of-requests SHARE] [--stop-after SECONDS]',
    'on ID --every-on SECONDS --every-off SECONDS',
    'on --lab LAB',
    'off ID',
    'off --all',
  ],
  says: 'Switch faults on and off',
  flags: {
    param: { type: 'string', multiple: true },
    'stop-after': { type: 'string' },
    seed: { type: 'string' },
    'of-requests': { type: 'string' },
    'every-on': { type: 'string' },
    'every-off': { type: 'string' },
    all: { type: 'boolean' },
    lab: { type: 'string' },
  },
  pairs: 'param',
  async run(cli, given) {
    const [action = 'list', id, ...more] = given.words;
    if (more.length > 0) throw new UsageError('fault: give one fault at a time.');
    const lab = given.flags['lab'];
    if (lab !== undefined) return ofLab(cli, given.words, String(lab));
    if (action === 'on') return on(cli, id, given);
    refuseParameters(action, given);
    if (action === 'list') return listFaults(cli, id);
    if (action === 'show') return show(cli, id);
    if (action === 'off') return off(cli, id, given.flags['all'] === true);
    throw new UsageError(`fault: "${action}" is not list, show, on or off.`);
  },
};

/** A mistyped flag of another action would be taken for a parameter. */
function refuseParameters(action: string, { flags }: Arguments): void {
  const [first] = (flags['param'] ?? []) as string[];
  if (first !== undefined)
    throw new UsageError(
      `fault ${action}: "${first.split('=')[0]}" is not known; parameters belong to \`fault on\`.`,
    );
}

async function listFaults({ api, style }: Cli, word: string | undefined): Promise<Outcome> {
  const faults = await api<Faults>('GET', '/lab/faults');
  if (word === undefined) return { json: faults, text: catalogueText(faults, faults.catalogue, style) };
  const catalogue = faults.catalogue.filter((one) => textOf(one, faults).includes(word.toLowerCase()));
  const text = catalogueText(faults, catalogue, style);
  return { json: { ...faults, catalogue }, text, failed: catalogue.length === 0 };
}

const textOf = ({ id, title, area, inTheWild, services }: FaultDescription, { areas }: Faults) =>
  [id, title, area, areas.find((one) => one.id === area)?.title, inTheWild, ...services]
    .join(' ')
    .toLowerCase();

async function show(cli: Cli, id: string | undefined): Promise<Outcome> {
  if (id === undefined) throw new UsageError('fault show: name the fault. `fault list` shows them.');
  const { catalogue } = await cli.api<Faults>('GET', '/lab/faults');
  const found = catalogue.find((one) => one.id === id);
  if (found) return { json: found, text: faultText(found, cli) };
  const meant = nearest(
    id,
    catalogue.map((one) => one.id),
  );
  throw new UsageError(
    `fault show: there is no fault "${id}". ${meant === undefined ? '`fault list` shows them.' : `Did you mean "${meant}"?`}`,
  );
}

async function on({ api, style }: Cli, id: string | undefined, { flags }: Arguments): Promise<Outcome> {
  if (id === undefined) throw new UsageError('fault on: name the fault. `fault list` shows them.');
  const stopAfter = flags['stop-after'];
  const active = await api<ActiveFault>('POST', `/lab/faults/${encodeURIComponent(id)}`, {
    parameters: readParameters((flags['param'] ?? []) as string[]),
    ...(stopAfter !== undefined && {
      stopAfterSeconds: wholeNumber('stop-after', String(stopAfter), 1, 86_400),
    }),
    ...turns(flags),
  });
  const mark = active.applied ? style.good('on') : style.careful('on, but');
  const { catalogue } = await api<Faults>('GET', '/lab/faults');
  const described = catalogue.find((one) => one.id === active.id);
  const text = [`${mark}  ${faultLine(active)}`, ...(described ? [expectation(described)] : [])].join('\n');
  return { json: active, text };
}

/** The lab's own faults on again, and no other. They stay hidden, so their names are not said. */
async function ofLab(cli: Cli, words: readonly string[], typed: string): Promise<Outcome> {
  if (words[0] !== 'on' || words.length > 1)
    throw new UsageError('fault: --lab LAB belongs to `fault on`, and the lab itself says which faults.');
  const run = await cli.api<LabRun>(
    'POST',
    `/lab/labs/${encodeURIComponent(await labId(cli, typed))}/conditions`,
  );
  const says = run.conditions?.says;
  const text =
    says === undefined
      ? `${cli.style.good('as wanted')}  the shop is as the lab ${run.id} wants it, and requests count for it.`
      : `${cli.style.careful('not yet')}  ${says}`;
  return { json: run, text, failed: says !== undefined };
}

/** A seed draws the parameters that are not given; `--every-on 20 --every-off 40` makes the fault come and go. */
function turns(flags: Arguments['flags']): Pick<FaultRequest, 'seed' | 'share' | 'schedule'> {
  const given = (flag: string, least: number, most: number) =>
    flags[flag] === undefined ? undefined : wholeNumber(flag, String(flags[flag]), least, most);
  const seed = given('seed', 0, 4_294_967_295);
  const onSeconds = given('every-on', 1, 3600);
  const offSeconds = given('every-off', 1, 3600);
  if ((onSeconds === undefined) !== (offSeconds === undefined))
    throw new UsageError('fault on: --every-on and --every-off belong together.');
  const share = flags['of-requests'] === undefined ? undefined : Number(flags['of-requests']);
  if (share !== undefined && !(share > 0 && share <= 1))
    throw new UsageError(
      `--of-requests: "${String(flags['of-requests'])}" is not a number above 0, up to 1.`,
    );
  return {
    ...(seed !== undefined && { seed }),
    ...(share !== undefined && { share }),
    ...(onSeconds !== undefined && offSeconds !== undefined && { schedule: { onSeconds, offSeconds } }),
  };
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
