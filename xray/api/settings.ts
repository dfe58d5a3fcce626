import { join } from 'node:path';
import { isLimitProfile, limitProfiles, type LimitProfile } from '../limits.ts';
import { storeLimits } from '../store/limits.ts';

export interface ApiSettings {
  host: string;
  port: number;
  storePath: string;
  storeBytes: number;
  profile: LimitProfile;
  region: string;
  logLevel: string;
}

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/**
 * Settings from the environment: HOST, PORT, LAB_HOME, XRAY_STORE, XRAY_STORE_MB, XRAY_PROFILE, AWS_REGION,
 * LOG_LEVEL. Throws an Error that names the variable and what it may be.
 */
export function readSettings(env: NodeJS.ProcessEnv): ApiSettings {
  const profile = env['XRAY_PROFILE'] || 'aws';
  if (!isLimitProfile(profile)) {
    throw new Error(
      `XRAY_PROFILE is "${profile}". Set it to one of: ${Object.keys(limitProfiles).join(', ')}.`,
    );
  }
  const logLevel = env['LOG_LEVEL'] || 'info';
  if (!logLevels.includes(logLevel)) {
    throw new Error(`LOG_LEVEL is "${logLevel}". Set it to one of: ${logLevels.join(', ')}.`);
  }
  return {
    host: env['HOST'] || '127.0.0.1',
    port: wholeNumber(env, 'PORT', 2001, 0, 65_535),
    storePath: env['XRAY_STORE'] || join(env['LAB_HOME'] || '.lab', 'xray.sqlite'),
    storeBytes:
      wholeNumber(env, 'XRAY_STORE_MB', storeLimits.storeBytes / 1024 ** 2, 1, 1_000_000) * 1024 ** 2,
    profile,
    region: env['AWS_REGION'] || 'us-east-1',
    logLevel,
  };
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
