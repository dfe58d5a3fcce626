/** Every lab proves itself: a fresh run scores 0, the solution scores 100, each near miss is refused, reset goes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labs } from '@xray-lab/labs/catalogue';
import { proveLabs, type ProofLine } from '../../labs/kit/prove.ts';
import { root } from '../imports.ts';
import { portOffsets } from '../../scripts/supervisor/port-offsets.ts';
import { awsCli, startStack } from '../stack.ts';
import { runPrinted } from './printed.ts';

const SEEDS = ['one', 'two', 'three'];

test('every lab proves itself', { timeout: 20 * 60_000 }, async (t) => {
  const aws = await awsCli();
  if ('missing' in aws && process.env.CI === 'true')
    assert.fail(`The commands of the texts cannot be run: ${aws.missing}`);
  const stack = await startStack('labs');
  const lines: ProofLine[] = [];
  try {
    const environment = await labEnvironment(stack.cli, stack.environment);
    await proveLabs({
      labs,
      baseUrl: stack.lab,
      sampleApp: stack.sampleApp,
      seeds: SEEDS,
      ...('missing' in aws ? {} : { commands: { environment, repository: root } }),
      onLine: (line) => lines.push(line),
    });
    if (!('missing' in aws)) await runPrinted(t, { portOffset: portOffsets.labs, home: stack.home });
  } finally {
    await stack.stop();
  }
  for (const { lab, fact, passed, detail, seconds } of lines) {
    await t.test(`${lab}: ${fact} (${seconds.toFixed(1)} s)`, () => assert.ok(passed, detail));
  }
  if ('missing' in aws) t.diagnostic(`The commands of the texts were not run: ${aws.missing}`);
});

async function labEnvironment(
  cli: (...args: string[]) => Promise<{ stdout: string }>,
  base: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const { stdout } = await cli('env');
  const variables = [...stdout.matchAll(/^export (\w+)='([^']*)'$/gm)].map(([, name, value]) => [
    name,
    value,
  ]);
  return { ...base, ...Object.fromEntries(variables) };
}
