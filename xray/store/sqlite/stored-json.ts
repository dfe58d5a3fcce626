import type { DatabaseSync } from 'node:sqlite';
import { StoreUnusable } from '../store.ts';

/** Reads JSON that we wrote. SQLite notices damage to its own pages, but not to the text in them. Throws StoreUnusable. */
export function storedJson(database: DatabaseSync, text: unknown): unknown {
  try {
    return JSON.parse(text as string);
  } catch {
    throw new StoreUnusable(
      `X-Ray's store ${database.location() ?? ':memory:'} holds text that is no JSON: it is damaged. ` +
        'Move it away (a new one is made at the next start), or name another file in XRAY_STORE.',
    );
  }
}
