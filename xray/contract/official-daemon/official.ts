/** Where AWS's own daemon is, if it is: its program's path in OFFICIAL_XRAY_DAEMON. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { DaemonCommand } from './stage.ts';

const path = process.env['OFFICIAL_XRAY_DAEMON'] ?? '';

/** For a place that has tried and can't have the program: what it did there is held to the recordings only. */
export const recordingsOnly = path === 'recorded';

/** For `describe(name, { skip }, …)`: what to do where it is not. */
export const withoutOfficial =
  !existsSync(path) &&
  'AWS’s own X-Ray daemon 3.6.6 is not here: download it for your system as ' +
    'https://docs.aws.amazon.com/xray/latest/devguide/xray-daemon.html says, and put its path into OFFICIAL_XRAY_DAEMON';

export const officialDaemon: DaemonCommand = [path];

/** `3.6.6`, as the program says itself. */
export function officialVersion(): string {
  const printed = execFileSync(path, ['-v'], { encoding: 'utf8' });
  const version = /version: (\S+)/.exec(printed)?.[1];
  if (!version) throw new Error(`${path} -v prints no version: ${printed}`);
  return version;
}
