/**
 * Writes recordings.json: runs AWS's own daemon, whose program OFFICIAL_XRAY_DAEMON names, through every scenario.
 *   OFFICIAL_XRAY_DAEMON=… node xray/contract/official-daemon/record.ts
 */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { daemonVersion } from '../../daemon/version.ts';
import { officialDaemon, officialVersion, withoutOfficial } from './official.ts';
import { asRecorded, recordingsFile, type Recordings } from './recordings.ts';
import { scenarios } from './scenarios/index.ts';
import { onStage } from './stage.ts';

/** The commit of each release that ours has been held to: the program tells its version only. */
const commits: Readonly<Record<string, string>> = {
  '3.6.6': '258270e341f34aebdc8c531b9082e851c6cdb128',
};

if (withoutOfficial) throw new Error(withoutOfficial);
const version = officialVersion();
const commit = commits[version];
if (version !== daemonVersion || !commit)
  throw new Error(`This is AWS’s daemon ${version}; ours takes after ${daemonVersion}.`);

const observed: Recordings['observed'] = {};
for (const { name, observe } of scenarios) {
  const [once, again] = [
    asRecorded(await onStage(officialDaemon, observe)),
    asRecorded(await onStage(officialDaemon, observe)),
  ];
  // A time, a port or a random id has stayed in: what differs between two runs is no fact.
  if (!isDeepStrictEqual(once, again))
    throw new Error(`"${name}" is not the same twice:\n${JSON.stringify(once)}\n${JSON.stringify(again)}`);
  observed[name] = once;
  process.stdout.write(`${name}\n`);
}
const recorded = new Date().toISOString().slice(0, 10);
const recordings: Recordings = {
  source: { program: 'AWS X-Ray daemon', version, commit, recorded },
  observed,
};

/** Signs that an editor shows as nothing, or as another line, are written as escapes. */
const visible = (json: string) =>
  json.replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

const path = fileURLToPath(recordingsFile);
const style = await resolveConfig(path);
writeFileSync(path, await format(visible(JSON.stringify(recordings)), { ...style, filepath: path }));
