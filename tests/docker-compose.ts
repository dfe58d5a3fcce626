/** Compose as it is installed here, and what it makes of our files. */
import { execFileSync, spawnSync } from 'node:child_process';
import { root } from './imports.ts';

/** Whether the program is there and ends well. */
export const works = (command: string, ...args: string[]) =>
  spawnSync(command, args, { stdio: 'ignore' }).status === 0;

/** `docker compose` (v2) where it is there, else `docker-compose` 1.29. */
const installed = works('docker', 'compose', 'version')
  ? (['docker', 'compose'] as const)
  : works('docker-compose', 'version')
    ? (['docker-compose'] as const)
    : undefined;

export const missingCompose: string | false = installed
  ? false
  : 'no docker compose on this machine: install Docker, or docker-compose';

/** Runs Compose in the repository, and gives back what it prints. Throws where it fails. */
export function compose(...args: string[]): string {
  const [program, ...words] = installed!;
  return execFileSync(program, [...words, ...args], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
}

/** What Compose would start with these files merged: the lines of each service, by its name. */
export function servicesOf(...files: string[]): Map<string, string> {
  const config = compose(...files.flatMap((file) => ['-f', file]), 'config');
  const services = new Map<string, string>();
  const section = /^services:\n((?: +.*\n|\n)*)/m.exec(config)?.[1] ?? '';
  for (const block of section.split(/^(?= {2}\S)/m)) {
    const name = /^ {2}([\w-]+):\n/.exec(block)?.[1];
    if (name !== undefined) services.set(name, block);
  }
  return services;
}

/**
 * A service's lines, to compare with those of another merge: merging two files puts lists in another order, and writes
 * `{}` for a network without settings.
 */
export const sortedLines = (service = '') =>
  service
    .replace(/: null$/gm, ': {}')
    .split('\n')
    .sort();
