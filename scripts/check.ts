/** `npm run check`: format, lint and types of everything, Svelte and Astro included. Every check runs; all must pass. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const checks: { title: string; program: string; args: string[] }[] = [
  { title: 'format', program: 'prettier/bin/prettier.cjs', args: ['--check', '--log-level', 'warn', '.'] },
  { title: 'lint', program: 'eslint/bin/eslint.js', args: ['.', '--max-warnings', '0'] },
  { title: 'types', program: 'typescript/bin/tsc', args: ['--noEmit', '-p', 'tsconfig.json'] },
  {
    title: 'types in Svelte',
    program: 'svelte-check/bin/svelte-check',
    args: ['--workspace', 'site', '--tsconfig', './tsconfig.json', '--output', 'human', '--fail-on-warnings'],
  },
  {
    title: 'types in Astro',
    program: '@astrojs/check/bin/astro-check.js',
    args: ['--root', 'site', '--tsconfig', 'site/tsconfig.json'],
  },
];

let failed = 0;
for (const { title, program, args } of checks) {
  const started = Date.now();
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules', program), ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1' },
  });
  const ok = status === 0;
  if (!ok) failed += 1;
  process.stdout.write(`${ok ? '✓' : '✕'} ${title} (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
}
process.exitCode = failed > 0 ? 1 : 0;
