import { join } from 'node:path';
import { throttlingCodes, type ThrottlingCode } from '../errors.ts';
import { isLimitProfile, limitProfiles, type LimitProfile } from '../limits.ts';
import { storeLimits } from '../store/limits.ts';
import { highestRateLimit, longestVisibilityDelay, type LiveSettings } from './live-settings.ts';
import { allowedHostsIn } from '../web-pages.ts';

export interface ApiSettings {
  host: string;
  port: number;
  /** Names, without port, under which the API is asked besides loopback and private ones. */
  allowedHosts: string[];
  storePath: string;
  storeBytes: number;
  profile: LimitProfile;
  /** Whether PutTraceSegments refuses trace ids that are too old, or of the future. */
  checksTraceIdAge: boolean;
  region: string;
  logLevel: string;
  /** Where the identities are; undefined when signatures are not checked. */
  identitiesPath: string | undefined;
  /** Whom a new identities file lets in: whoever has the environment's credentials. */
  credentials: { accessKeyId: string; secretAccessKey: string };
  throttlingCode: ThrottlingCode;
  /** What the settings file does not say. */
  live: LiveSettings;
  livePath: string;
}

const logLevels = ['info', 'trace', 'debug', 'warn', 'error', 'fatal', 'silent'];

/**
 * Settings from the environment: HOST, PORT, XRAY_ALLOWED_HOSTS (names, with commas between), LAB_HOME, XRAY_STORE, XRAY_STORE_MB, XRAY_PROFILE, AWS_REGION, LOG_LEVEL;
 * XRAY_AUTH (off, on), XRAY_IDENTITIES (a file), XRAY_AUTH_REGION (any, own), XRAY_VISIBILITY_DELAY (seconds),
 * XRAY_TRACE_ID_AGE (any, checked), XRAY_RATE_LIMIT (calls per second and operation, 0 for none), XRAY_THROTTLING_CODE, XRAY_SETTINGS (a file that overrides
 * some of them while the API runs, see live-settings.ts). Throws an Error that names the variable and what it may be.
 */
export function readSettings(env: NodeJS.ProcessEnv): ApiSettings {
  const home = env['LAB_HOME'] || '.lab';
  const profile = oneOf(env, 'XRAY_PROFILE', Object.keys(limitProfiles).filter(isLimitProfile));
  const auth = oneOf(env, 'XRAY_AUTH', ['off', 'on']);
  return {
    host: env['HOST'] || '127.0.0.1',
    port: wholeNumber(env, 'PORT', 2001, 0, 65_535),
    allowedHosts: allowedHostsIn(env),
    storePath: env['XRAY_STORE'] || join(home, 'xray.sqlite'),
    storeBytes:
      wholeNumber(env, 'XRAY_STORE_MB', storeLimits.storeBytes / 1024 ** 2, 1, 1_000_000) * 1024 ** 2,
    profile,
    checksTraceIdAge: oneOf(env, 'XRAY_TRACE_ID_AGE', ['any', 'checked']) === 'checked',
    region: env['AWS_REGION'] || 'us-east-1',
    logLevel: oneOf(env, 'LOG_LEVEL', logLevels),
    identitiesPath: auth === 'on' ? env['XRAY_IDENTITIES'] || join(home, 'identities.json') : undefined,
    credentials: {
      accessKeyId: env['AWS_ACCESS_KEY_ID'] || 'local',
      secretAccessKey: env['AWS_SECRET_ACCESS_KEY'] || 'local',
    },
    throttlingCode: oneOf(env, 'XRAY_THROTTLING_CODE', throttlingCodes),
    live: {
      visibilityDelay: wholeNumber(env, 'XRAY_VISIBILITY_DELAY', 0, 0, longestVisibilityDelay),
      callsPerSecond: wholeNumber(env, 'XRAY_RATE_LIMIT', 0, 0, highestRateLimit),
      checksRegion: oneOf(env, 'XRAY_AUTH_REGION', ['any', 'own']) === 'own',
    },
    livePath: env['XRAY_SETTINGS'] || join(home, 'xray-settings.json'),
  };
}

/** One of a few words; the first one when nothing is set. */
function oneOf<Word extends string>(env: NodeJS.ProcessEnv, name: string, words: readonly Word[]): Word {
  const text = env[name] || words[0]!;
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw new Error(`${name} is "${text}". Set it to one of: ${words.join(', ')}.`);
}

function wholeNumber(
  env: NodeJS.ProcessEnv,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Error(`${name} is "${text}". Set it to a whole number from ${least} to ${most}.`);
}
