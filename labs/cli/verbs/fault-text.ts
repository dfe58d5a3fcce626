import type { ActiveFault, FaultDescription, Faults } from '../../server/contract.ts';
import { columns, shellQuoted, wrapped, type Style } from '../output.ts';
import { insideTheLab } from '../aws-flags.ts';
import type { Cli } from '../verb.ts';
import { faultLine } from './overview.ts';

/** The catalogue by areas, a line for each fault, and what is on. Areas without a fault that is asked for are left out. */
export function catalogueText(
  { areas, catalogue, active }: Faults,
  chosen: readonly FaultDescription[],
  style: Style,
): string {
  const width = Math.max(0, ...chosen.map(({ id }) => id.length));
  const groups = areas.flatMap(({ id: area, title, about }) => {
    const faults = chosen.filter((fault) => fault.area === area);
    if (faults.length === 0) return [];
    const lines = faults.map(({ id, title: name }) => {
      const mark = active.some((one) => one.id === id) ? style.careful('■') : ' ';
      return `${mark} ${id.padEnd(width)}  ${name}`;
    });
    return [`${style.strong(title)}  ${style.faint(about)}`, ...lines, ''];
  });
  const count =
    chosen.length === catalogue.length ? `${catalogue.length}` : `${chosen.length} of ${catalogue.length}`;
  return [
    ...groups,
    `${count} faults. \`npm run lab -- fault show ID\` says what one is and how its traces tell.`,
    onNow(active, style),
  ].join('\n');
}

function onNow(active: readonly ActiveFault[], style: Style): string {
  if (active.length === 0) return 'on now: none';
  return ['on now:', ...active.map((one) => `  ${style.careful('■')} ${faultLine(one)}`)].join('\n');
}

/** Everything about one fault: what it is, what can be chosen, and the command that finds its traces. */
export function faultText(
  fault: FaultDescription,
  { address: site, portOffset, style }: Pick<Cli, 'address' | 'portOffset' | 'style'>,
): string {
  const { id, title, inTheWild, services, signature, lookFor } = fault;
  const parameters = parameterRows(fault);
  const heading = (text: string) => ['', style.strong(text)];
  return [
    `${style.strong(id)}  ${title}`,
    wrapped(inTheWild, '  '),
    `  touches: ${services.length === 0 ? 'nothing' : services.join(', ')}`,
    ...heading('Parameters'),
    parameters.length === 0 ? '  none' : columns(parameters),
    `  npm run lab -- fault on ${id}`,
    ...heading('Signature'),
    `  ${signature.filter}`,
    `  ${signature.says}`,
    ...heading('Its traces of the last five minutes'),
    `  aws xray get-trace-summaries --start-time $(( $(date +%s) - 300 )) --end-time $(date +%s) \\`,
    `    --filter-expression ${shellQuoted(signature.filter)} \\`,
    `    ${insideTheLab(portOffset)}`,
    `  ${site}/console/traces/?filter=${encodeURIComponent(signature.filter)}&timeRange=PT5M`,
    ...heading('What to look for'),
    wrapped(lookFor, '  '),
  ].join('\n');
}

/** What can be chosen, as the flags of `fault on`. */
function parameterRows({ parameters, allowed }: FaultDescription): string[][] {
  const properties = (parameters['properties'] ?? {}) as Record<string, Record<string, unknown>>;
  return Object.entries(properties).map(([name, schema]) => [
    `  --${name} ${String(schema['default'] ?? '…')}`,
    String(schema['description'] ?? ''),
    allowed[name] ?? '',
  ]);
}

/** What to expect of a fault that was just switched on. */
export const expectation = ({ id, signature }: FaultDescription): string =>
  [
    `  ${signature.says}`,
    `  ${signature.filter}`,
    `  \`npm run lab -- fault show ${id}\` says what to look for; \`fault off ${id}\` ends it.`,
  ].join('\n');
