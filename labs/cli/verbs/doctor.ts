import { resolve } from 'node:path';
import { doctor, type DoctorLine } from '../doctor.ts';
import { columns, type Style } from '../output.ts';
import type { Verb } from '../verb.ts';

export const doctorVerb: Verb = {
  usage: [''],
  says: 'Check this machine: Node, memory, progress, ports, tools; works without the lab',
  async run({ root, home, env, portOffset, address, style }) {
    const sampleApp = resolve(root, env['LAB_SAMPLE_APP'] || 'sample-app');
    const lines = await doctor({ root, home, sampleApp, portOffset, address });
    const failed = lines.some(({ state }) => state === 'fail');
    const end = failed ? style.bad('The lab cannot start like this.') : style.good('The lab can start.');
    return { json: lines, text: `${describe(lines, style)}\n\n${end}`, failed };
  },
};

/** One line per check; a remedy stands below the line it is for. */
export function describe(lines: readonly DoctorLine[], style: Style): string {
  const mark = { ok: style.good('ok  '), warn: style.careful('warn'), fail: style.bad('fail') };
  const rows = columns(lines.map(({ state, title, says }) => [mark[state], title, says])).split('\n');
  return rows
    .flatMap((row, index) => {
      const remedy = lines[index]?.remedy;
      return remedy === undefined ? [row] : [row, `      → ${remedy}`];
    })
    .join('\n');
}
