import type { DatabaseSync } from 'node:sqlite';

/** Free pages that the file keeps: what comes next is written into them. 64 MB, or a tenth of the file if that is more. */
const keptPages = 16_384;
const keptPart = 0.1;

/** Pages one slice gives back: some milliseconds of work. */
const pagesPerSlice = 256;

export interface FreePages {
  /** Gives a bounded number of the file's free pages back to the disk; true while there are more to give. */
  giveBackSlice(): boolean;
}

/**
 * Deleted traces leave free pages behind, which SQLite fills again, so a file that has reached its size stays at it. After
 * many traces went at once, say because the limit was lowered, the file has to shrink as well.
 */
export function sqliteFreePages(database: DatabaseSync): FreePages {
  const free = database.prepare('PRAGMA freelist_count');
  const all = database.prepare('PRAGMA page_count');
  const isPossible = database.prepare('PRAGMA auto_vacuum').get()?.['auto_vacuum'] === 2;

  return {
    giveBackSlice() {
      // A file made before this was set keeps its size; its free pages are filled again all the same.
      if (!isPossible) return false;
      const pages = Number(all.get()?.['page_count']);
      const spare = Number(free.get()?.['freelist_count']) - Math.max(keptPages, pages * keptPart);
      if (spare <= 0) return false;
      database.exec(`PRAGMA incremental_vacuum(${Math.min(pagesPerSlice, Math.ceil(spare))})`);
      return spare > pagesPerSlice;
    },
  };
}
