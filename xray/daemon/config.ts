import type { ConfigFile } from './config-file.ts';
import type { Flags } from './flags.ts';
import { logLevelOf, type LogLevel } from './log.ts';
import { allowedHostsIn } from '../web-pages.ts';

export interface Config {
  /** `host:port`, as given: what is wrong with it is said when it is bound. */
  udp: string;
  tcp: string;
  /** Empty when neither flag nor file gives one: it is then looked up. */
  region: string;
  /** Empty for AWS's own. */
  endpoint: string;
  /** `-o`. */
  localMode: boolean;
  resourceArn: string;
  /** Empty for none. */
  roleArn: string;
  /** Empty for none. */
  proxyAddress: string;
  logLevel: LogLevel;
  /** Empty for standard output. */
  logFile: string;
  rotatesLog: boolean;
  bufferMegabytes: number;
  concurrency: number;
  verifyCertificate: boolean;
  /** Names under which the TCP side is asked, besides those of loopback and of private networks. */
  allowedHosts: string[];
}

/** Buffers take this part of the memory unless told otherwise. */
const bufferShare = 0.01;

/**
 * The daemon's settings: flags win over the file, the file over the environment.
 *
 * @param totalMemoryBytes of the machine or container
 */
export function resolveConfig(
  flags: Flags,
  file: ConfigFile,
  env: NodeJS.ProcessEnv,
  totalMemoryBytes: number,
): Config {
  // A flag that is given counts, though it be empty: AWS's daemon takes the file's settings as the flags' defaults.
  const askedMegabytes = flags['buffer-memory'] ?? file.TotalBufferSizeMB ?? 0;
  const usual = usualAddress(env);
  const fileLevel = file['Logging.LogLevel'] || 'prod';
  return {
    udp: flags.bind ?? (file['Socket.UDPAddress'] || usual),
    tcp: flags['bind-tcp'] ?? (file['Socket.TCPAddress'] || usual),
    region: flags.region ?? file.Region ?? '',
    endpoint: file.Endpoint || env['AWS_ENDPOINT_URL_XRAY'] || env['AWS_ENDPOINT_URL'] || '',
    localMode: flags['local-mode'] ?? file.LocalMode ?? false,
    resourceArn: flags['resource-arn'] ?? file.ResourceARN ?? '',
    roleArn: flags['role-arn'] ?? file.RoleARN ?? '',
    proxyAddress: (flags['proxy-address'] ?? file.ProxyAddress) || env['HTTPS_PROXY'] || '',
    logLevel: logLevelOf(flags['log-level'] ?? fileLevel, fileLevel),
    logFile: flags['log-file'] ?? file['Logging.LogPath'] ?? '',
    rotatesLog: file['Logging.LogRotation'] ?? true,
    bufferMegabytes:
      askedMegabytes > 0 ? askedMegabytes : Math.floor((totalMemoryBytes * bufferShare) / 1024 ** 2),
    concurrency: Math.max(1, file.Concurrency || 8),
    verifyCertificate: !file.NoVerifySSL,
    allowedHosts: allowedHostsIn(env),
  };
}

/** AWS's daemon knows no variable for its addresses; those of the lab's processes are HOST and PORT. */
function usualAddress(env: NodeJS.ProcessEnv): string {
  return env['XRAY_DAEMON_BIND'] || `${env['HOST'] || '127.0.0.1'}:${env['PORT'] || 2000}`;
}

/** Domains of AWS's partitions, by how their regions begin. */
const partitions: readonly (readonly [string, string])[] = [
  ['cn-', 'amazonaws.com.cn'],
  ['us-iso-', 'c2s.ic.gov'],
  ['us-isob-', 'sc2s.sgov.gov'],
  ['', 'amazonaws.com'],
];

/** The domain under which a region's services are. */
export const domainOf = (region: string): string =>
  partitions.find(([start]) => region.startsWith(start))![1];

/** X-Ray's own endpoint in a region, or the one configured. Throws an Error that quotes one that is no address. */
export function endpointOf(configured: string, region: string): URL {
  const text = configured || `https://xray.${region}.${domainOf(region)}`;
  const endpoint = URL.canParse(text) ? new URL(text) : undefined;
  if (endpoint?.protocol !== 'http:' && endpoint?.protocol !== 'https:') {
    throw new Error(
      `X-Ray endpoint "${text}" is not an http or https address, such as http://127.0.0.1:2001.`,
    );
  }
  return endpoint;
}

/** The proxy for calls to AWS; undefined for none. Throws an Error in the words of AWS's daemon. */
export function proxyOf(address: string): URL | undefined {
  if (!address) return undefined;
  if (!/^[a-z][a-z\d+.-]*:/i.test(address))
    throw new Error(`Bad proxy URL: parse "${address}": missing protocol scheme`);
  const proxy = URL.canParse(address) ? new URL(address) : undefined;
  if (proxy?.protocol !== 'http:' && proxy?.protocol !== 'https:')
    throw new Error(
      `Bad proxy URL: "${address}" is not an http or https address, such as http://127.0.0.1:3128.`,
    );
  return proxy;
}
