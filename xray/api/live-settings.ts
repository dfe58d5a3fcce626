import { z } from 'zod';
import { watchFile } from '../watched-file.ts';

/** Settings that may change while the API runs. */
export interface LiveSettings {
  /** Seconds between the receipt of a document and the moment reads see it: AWS is not real-time either. */
  visibilityDelay: number;
  /** Calls per second and operation before the API throttles; 0 for no limit. */
  callsPerSecond: number;
  /** Whether a signature must be for the API's own region. */
  checksRegion: boolean;
}

/** Seconds. Ours: a quarter of an hour is longer than AWS ever took. */
export const longestVisibilityDelay = 900;

/** Calls per second. */
export const highestRateLimit = 100_000;

const file = z.strictObject({
  visibilityDelay: z.number().min(0).max(longestVisibilityDelay).optional(),
  callsPerSecond: z.number().min(0).max(highestRateLimit).optional(),
  checksRegion: z.boolean().optional(),
});

/**
 * The settings of the environment, each of which a JSON file may override at any time, such as
 * `{ "visibilityDelay": 30 }` while a lab needs it. Without the file, or without a member, the environment counts.
 * Throws an Error of one sentence when the file cannot be used from the start.
 */
export function liveSettings(
  path: string,
  environment: LiveSettings,
  options: { onError: (sentence: string) => void; onChange?: (settings: LiveSettings) => void },
): () => LiveSettings {
  const watched = watchFile(path, {
    ...options,
    parse: (text) => (text === undefined ? environment : { ...environment, ...parse(path, text) }),
  });
  return () => watched.current();
}

function parse(path: string, text: string): Partial<LiveSettings> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The settings file ${path} is not JSON: ${(error as Error).message}.`, { cause: error });
  }
  const parsed = file.safeParse(value);
  if (parsed.success) {
    return Object.fromEntries(Object.entries(parsed.data).filter(([, member]) => member !== undefined));
  }
  const { path: member, message } = parsed.error.issues[0]!;
  const where = member.length > 0 ? `: ${member.join('.')}` : '';
  throw new Error(
    `The settings file ${path} cannot be used${where}: ${message}. Its members: ${Object.keys(file.shape).join(', ')}.`,
  );
}
