import { arch, platform } from 'node:os';

/** The version of AWS's daemon whose behaviour this one follows; `-v` and the start-up line say it. */
export const daemonVersion = '3.6.6';

const goNames: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386', win32: 'windows' };
const goName = (name: string) => goNames[name] ?? name;

export const userAgent = (executionEnvironment: string | undefined) =>
  `xray-agent/xray-daemon/${daemonVersion} exec-env/${executionEnvironment || 'UNKNOWN'} ` +
  `OS/${goName(platform())}-${goName(arch())}`;
