import './postgres-driver.ts';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
// Both are CommonJS, so only the default import exists.
import xrayPostgres from 'aws-xray-sdk-postgres';
import pg from 'pg';
import { AnswerError } from './errors.ts';
import { lookup } from './http-client.ts';
import { log } from './log.ts';

export interface Database {
  /**
   * Runs one statement for the request in progress, as a subsegment `database@host`. Throws an AnswerError 503 when no
   * connection is to be had, and pg's DatabaseError when PostgreSQL refuses the statement.
   */
  query<Row extends object>(text: string, values: readonly unknown[]): Promise<Row[]>;
  /** Runs a statement that belongs to no request, or several with `;` between them in one transaction. */
  execute<Row extends object>(text: string): Promise<Row[]>;
  /** Resolves once the database answers. Throws an Error that says why it does not, when it never did in half a minute. */
  untilReachable(): Promise<void>;
}

/** For a free connection, or for a new one. */
const CONNECT_MILLISECONDS = 10_000;
/** For one statement; less than gateway waits. */
const QUERY_MILLISECONDS = 12_000;

const PATIENCE_MILLISECONDS = 30_000;
const PAUSE_MILLISECONDS = 100;

/** As pg has it. The SDK complains about each captured statement that belongs to no request. */
const uncaptured = pg.Client.prototype.query as (text: string) => Promise<pg.QueryResult>;
// Its types promise an export of this name; the module is the function itself.
(xrayPostgres as unknown as typeof xrayPostgres.capturePostgres)(pg);

/**
 * A PostgreSQL database whose queries are traced. Nothing is connected yet.
 *
 * @param url `postgres://user:password@host:port/database`. The SDK names subsegments after the database and the host.
 */
export function openDatabase(url: string, { connections }: { connections: number }): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    query_timeout: QUERY_MILLISECONDS,
    stream: () => new AliasedSocket(),
  });
  // A connection that breaks says so as an event, busy or idle; its statement fails besides, and the pool makes another.
  pool.on('connect', (client) => client.on('error', lost));
  pool.on('error', lost);

  async function connect(): Promise<pg.PoolClient> {
    try {
      // Awaited, and not handed a callback: that would run in the context of the request that gives a connection back.
      return await pool.connect();
    } catch (error) {
      throw new AnswerError(
        503,
        'database-unavailable',
        `The database gives no connection: ${reason(error)}.`,
      );
    }
  }

  return {
    async query<Row extends object>(text: string, values: readonly unknown[]) {
      const client = await connect();
      try {
        // With a promise, the SDK never closes the subsegment of a statement that fails: pg tells promises, and emits nothing
        // (aws-xray-sdk-postgres 3.12.0, pg 8).
        return await new Promise<Row[]>((resolve, reject) => {
          client.query<Row>(text, [...values], (error, result) =>
            error ? reject(error) : resolve(result.rows),
          );
        });
      } finally {
        client.release();
      }
    },

    async execute<Row extends object>(text: string) {
      const client = await connect();
      try {
        const { rows } = await uncaptured.call(client, text);
        return rows as Row[];
      } finally {
        client.release();
      }
    },

    async untilReachable() {
      const deadline = performance.now() + PATIENCE_MILLISECONDS;
      for (;;) {
        try {
          (await pool.connect()).release();
          return;
        } catch (error) {
          if (performance.now() > deadline) {
            const { host, port } = pool.options;
            throw new Error(
              `No database answers on ${host ?? new URL(url).hostname}:${port ?? new URL(url).port} (${reason(error)}). ` +
                'Start it with `npm run lab -- start legacy-database`, or set DATABASE_URL to a PostgreSQL of yours.',
              { cause: error },
            );
          }
          await sleep(PAUSE_MILLISECONDS);
        }
      }
    },
  };
}

const lost = (error: Error) => log.warn(`A database connection was lost: ${error.message}.`);

/** A refused connection to a name with several addresses has no message of its own, only a code. */
const reason = (error: unknown) => {
  const { message, code } = error as NodeJS.ErrnoException;
  return message || code || 'no reason given';
};

/** Finds hosts as every client of the shop does: HOST_ALIASES first. */
class AliasedSocket extends Socket {
  override connect(...where: unknown[]): this {
    const [port, host] = where as [number, string];
    return super.connect({ port, host, lookup });
  }
}
