declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** Times are how long a table stays in CREATING, UPDATING or DELETING, in milliseconds. */
  interface Options {
    createTableMs?: number;
    updateTableMs?: number;
    deleteTableMs?: number;
    /** A folder for the data; in memory when absent. */
    path?: string;
  }

  export default function dynalite(options?: Options): Server;
}
