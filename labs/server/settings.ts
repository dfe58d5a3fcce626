import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { parseAliases, type HostAliases } from './addresses.ts';

/** The root of the repository; relative folders in the environment are taken from here. */
export const root = resolve(import.meta.dirname, '../..');

/** The services that offer `/_plan`, with the variable that names each one's address and the port it has by default. */
const services = {
  gateway: { variable: 'GATEWAY_URL', port: 8080 },
  auth: { variable: 'AUTH_URL', port: 8081 },
  order: { variable: 'ORDER_URL', port: 8082 },
  payment: { variable: 'PAYMENT_URL', port: 8083 },
  inventory: { variable: 'INVENTORY_URL', port: 8084 },
  'inventory-2': { variable: 'INVENTORY_2_URL', port: 8086 },
  notification: { variable: 'NOTIFICATION_URL', port: 8085 },
  'payment-provider': { variable: 'PAYMENT_PROVIDER_URL', port: 8090 },
  'legacy-pricing': { variable: 'LEGACY_PRICING_URL', port: 8091 },
} as const;

const httpUrl = z.url({ protocol: /^https?$/ });

const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  LAB_PORT_OFFSET: z.coerce
    .number('give a whole number from 0 to 57000')
    .int('give a whole number')
    .min(0)
    .max(57_000)
    .default(0),
  LAB_HOME: z.string().min(1).default('.lab'),
  LAB_SAMPLE_APP: z.string().min(1).default('sample-app'),
  LAB_SET_UP: z.enum(['npm', 'compose']).default('npm'),
  LAB_SUPERVISORS: z.string().optional(),
  LAB_ALLOWED_HOSTS: z.string().default(''),
  SITE_DIST: z.string().min(1).default('site/dist'),
  XRAY_STORE: z.string().min(1).optional(),
  HOST_ALIASES: z.string().default(''),
  AWS_REGION: z.string().min(1).default('us-east-1'),
  AWS_ACCESS_KEY_ID: z.string().min(1).default('xray-lab'),
  AWS_SECRET_ACCESS_KEY: z.string().min(1).default('xray-lab'),
  AWS_ENDPOINT_URL_XRAY: httpUrl.optional(),
  AWS_ENDPOINT_URL_DYNAMODB: httpUrl.optional(),
});

export interface Settings {
  version: string;
  host: string;
  port: number;
  portOffset: number;
  /** Folder of everything the lab remembers. */
  home: string;
  siteDist: string;
  /** The shop's sources that run, which are the ones a learner edits. */
  sampleApp: string;
  /** The X-Ray API's database, which `reset` empties. */
  xrayStore: string;
  setUp: 'npm' | 'compose';
  supervisors: string[];
  /** Host names, besides loopback, under which the lab may be addressed. */
  allowedHosts: string[];
  aliases: HostAliases;
  region: string;
  credentials: { accessKeyId: string; secretAccessKey: string };
  /** Where this process reaches the X-Ray API and DynamoDB. */
  xrayEndpoint: string;
  dynamodbEndpoint: string;
  gatewayUrl: string;
  /** Address of every service that takes a plan. */
  services: Record<string, string>;
}

/**
 * The environment, checked. Throws one sentence that names the variable.
 *
 * @example readSettings(process.env).port // 4321
 */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const parsed = environment.safeParse(dropEmpty(env));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${String(issue?.path[0])}: ${issue?.message ?? 'is not valid'}.`);
  }

  const e = parsed.data;
  const at = (port: number) => `http://127.0.0.1:${port + e.LAB_PORT_OFFSET}`;
  const home = resolve(root, e.LAB_HOME);
  const addresses = Object.entries(services).map(
    ([name, { variable, port }]) => [name, httpUrlOf(env, variable) ?? at(port)] as const,
  );
  const byName: Record<string, string> = Object.fromEntries(addresses);

  return {
    version: versionOf(join(root, 'package.json')),
    host: e.HOST,
    port: e.PORT ?? 4321 + e.LAB_PORT_OFFSET,
    portOffset: e.LAB_PORT_OFFSET,
    home,
    siteDist: resolve(root, e.SITE_DIST),
    sampleApp: resolve(root, e.LAB_SAMPLE_APP),
    xrayStore: resolve(root, e.XRAY_STORE ?? join(home, 'xray.sqlite')),
    setUp: e.LAB_SET_UP,
    supervisors: list(e.LAB_SUPERVISORS ?? at(4322)),
    allowedHosts: list(e.LAB_ALLOWED_HOSTS),
    aliases: parseAliases(e.HOST_ALIASES),
    region: e.AWS_REGION,
    credentials: { accessKeyId: e.AWS_ACCESS_KEY_ID, secretAccessKey: e.AWS_SECRET_ACCESS_KEY },
    xrayEndpoint: e.AWS_ENDPOINT_URL_XRAY ?? at(2001),
    dynamodbEndpoint: e.AWS_ENDPOINT_URL_DYNAMODB ?? at(8000),
    gatewayUrl: byName['gateway'] ?? at(8080),
    services: byName,
  };
}

function httpUrlOf(env: NodeJS.ProcessEnv, variable: string): string | undefined {
  const value = env[variable];
  if (value === undefined || value === '') return undefined;
  if (!httpUrl.safeParse(value).success) throw new Error(`${variable}: "${value}" is not an http address.`);
  return value;
}

/** A variable that is set but empty, as compose writes an absent one, counts as not set. */
function dropEmpty(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
}

const list = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function versionOf(file: string): string {
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version?: string };
  return version ?? '0.0.0';
}
