import { parseAddress, type Address } from './address.ts';
import type { ConfigFile } from './config-file.ts';
import type { Flags } from './flags.ts';
import { isLogLevel, logLevels, type LogLevel } from './log.ts';

export interface Config {
  udp: Address;
  tcp: Address;
  region: string;
  endpoint: URL;
  resourceArn: string;
  /** Accepted; see `unused`. */
  roleArn: string;
  proxyAddress: string;
  logLevel: LogLevel;
  /** Empty for standard output. */
  logFile: string;
  bufferMegabytes: number;
  concurrency: number;
  verifyCertificate: boolean;
}

const leastMegabytes = 3;

/**
 * The daemon's settings: flags win over the file, the file over the environment. Throws an Error whose text the
 * daemon logs before it exits.
 *
 * @param totalMemoryBytes of the machine or container: buffers take 1 % of it unless told otherwise
 */
export function resolveConfig(
  flags: Flags,
  file: ConfigFile,
  env: NodeJS.ProcessEnv,
  totalMemoryBytes: number,
): Config {
  const flag = (name: keyof Flags) => (typeof flags[name] === 'string' ? flags[name] : undefined);

  const region = flag('region') || file.Region || env['AWS_REGION'];
  if (!region) {
    throw new Error(
      'Cannot fetch region variable from config file, environment variables, ecs metadata, or ec2 metadata. ' +
        'Use local-mode to use the local config region.',
    );
  }
  const logLevel = (flag('log-level') || file['Logging.LogLevel'] || 'prod').toLowerCase();
  if (!isLogLevel(logLevel)) {
    throw new Error(`Log level "${logLevel}" is not one of ${Object.keys(logLevels).join(', ')}.`);
  }
  const megabytes =
    Number(flag('buffer-memory') ?? 0) ||
    file.TotalBufferSizeMB ||
    Math.floor(totalMemoryBytes / 100 / 1024 ** 2);
  if (megabytes < leastMegabytes) {
    throw new Error(
      `Not enough Buffers Memory Allocated. Min Buffers Memory required: ${leastMegabytes} MB.`,
    );
  }

  const usual = usualAddress(env);
  return {
    udp: parseAddress(flag('bind') || file['Socket.UDPAddress'] || usual),
    tcp: parseAddress(flag('bind-tcp') || file['Socket.TCPAddress'] || usual),
    region,
    endpoint: endpointOf(file, env, region),
    resourceArn: flag('resource-arn') || file.ResourceARN || '',
    roleArn: flag('role-arn') || file.RoleARN || '',
    proxyAddress: flag('proxy-address') || file.ProxyAddress || '',
    logLevel,
    logFile: flag('log-file') || file['Logging.LogPath'] || '',
    bufferMegabytes: megabytes,
    concurrency: file.Concurrency || 8,
    verifyCertificate: !file.NoVerifySSL,
  };
}

/** AWS's daemon knows no variable for its addresses; those of the lab's processes are HOST and PORT. */
function usualAddress(env: NodeJS.ProcessEnv): string {
  return env['XRAY_DAEMON_BIND'] || `${env['HOST'] || '127.0.0.1'}:${env['PORT'] || 2000}`;
}

function endpointOf(file: ConfigFile, env: NodeJS.ProcessEnv, region: string): URL {
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const text =
    file.Endpoint ||
    env['AWS_ENDPOINT_URL_XRAY'] ||
    env['AWS_ENDPOINT_URL'] ||
    `https://xray.${region}.${domain}`;
  const endpoint = URL.canParse(text) ? new URL(text) : undefined;
  if (endpoint?.protocol !== 'http:' && endpoint?.protocol !== 'https:') {
    throw new Error(
      `X-Ray endpoint "${text}" is not an http or https address, such as http://127.0.0.1:2001.`,
    );
  }
  return endpoint;
}
