import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { InstanceMetadata } from './instance-metadata.ts';
import type { Log } from './log.ts';

export interface RegionSources {
  /** From the flag or the file; empty for none. */
  given: string;
  env: NodeJS.ProcessEnv;
  /** `-o`: no questions to ECS and EC2, the AWS SDKs' own settings instead. */
  localMode: boolean;
  metadata: InstanceMetadata;
  log: Log;
}

/**
 * Where to send segments, looked up in the order of AWS's daemon: flag or file, AWS_REGION, then the metadata of ECS and
 * EC2 or, with `-o`, what the AWS SDKs are set to. Undefined when nobody knows; the log says who was asked.
 */
export async function findRegion(sources: RegionSources): Promise<string | undefined> {
  const { given, env, localMode, metadata, log } = sources;
  if (given) {
    log.debug(`Fetch region ${given} from commandline/config file`);
    return given;
  }
  const fromEnvironment = env['AWS_REGION'];
  if (fromEnvironment) {
    log.debug(`Fetch region ${fromEnvironment} from environment variables`);
    return fromEnvironment;
  }
  if (localMode) {
    const region = env['AWS_DEFAULT_REGION'] || regionOfProfile(env);
    if (region) log.debug(`Fetched region ${region} from config`);
    return region;
  }
  return regionOfContainer(env, log) ?? (await regionOfInstance(metadata, log));
}

/** From the file that ECS writes into a container: the region is a part of the task's ARN. */
function regionOfContainer(env: NodeJS.ProcessEnv, log: Log): string | undefined {
  if (env['ECS_ENABLE_CONTAINER_METADATA']?.toLowerCase() !== 'true') return undefined;
  let text: string;
  try {
    text = readFileSync(env['ECS_CONTAINER_METADATA_FILE'] ?? '', 'utf8');
  } catch (error) {
    log.error(`Unable to open ECS metadata file: ${(error as Error).message}`);
    return undefined;
  }
  try {
    const { TaskARN } = JSON.parse(text) as { TaskARN?: unknown };
    const region = String(TaskARN).split(':')[3];
    if (!region) throw new Error(`it holds no TaskARN with a region: ${text.slice(0, 100)}`);
    log.debug(`Fetch region ${region} from ECS metadata file`);
    return region;
  } catch (error) {
    log.error(`Unable to read ECS metadata file contents: ${(error as Error).message}`);
    return undefined;
  }
}

async function regionOfInstance(metadata: InstanceMetadata, log: Log): Promise<string | undefined> {
  try {
    const region = await metadata.region();
    log.debug(`Fetch region ${region} from ec2 metadata`);
    return region;
  } catch (error) {
    // AWS's line ends with a line feed of its own.
    log.error(`Unable to fetch region from EC2 metadata: ${(error as Error).message}\n`);
    return undefined;
  }
}

/** `region` of the profile in use, in the AWS SDKs' shared files. */
function regionOfProfile(env: NodeJS.ProcessEnv): string | undefined {
  const profile = env['AWS_PROFILE'] || env['AWS_DEFAULT_PROFILE'] || 'default';
  const home = env['HOME'] || homedir();
  const files = [
    {
      path: env['AWS_CONFIG_FILE'] || join(home, '.aws', 'config'),
      section:
        profile === 'default' ? /^(profile\s+)?default$/ : new RegExp(`^profile\\s+${literal(profile)}$`),
    },
    {
      path: env['AWS_SHARED_CREDENTIALS_FILE'] || join(home, '.aws', 'credentials'),
      section: new RegExp(`^${literal(profile)}$`),
    },
  ];
  for (const { path, section } of files) {
    const region = regionIn(path, section);
    if (region) return region;
  }
  return undefined;
}

const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

function regionIn(path: string, wanted: RegExp): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  let isInside = false;
  for (const line of text.split('\n')) {
    const [, name] = /^\s*\[([^\]]*)\]/.exec(line) ?? [];
    if (name !== undefined) isInside = wanted.test(name.trim());
    const [, region] = /^region\s*=\s*([^\s#;]+)/.exec(line) ?? [];
    if (isInside && region) return region;
  }
  return undefined;
}
