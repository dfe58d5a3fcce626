import type { z } from 'zod';
import type { Limits } from '../limits.ts';
import type { Store } from '../store/store.ts';
import { inputError } from './input-error.ts';
import type { Refusals } from './traces/refusals.ts';

/** What an operation may use. Time is handed in, so a test is three lines and never sleeps. */
export interface OperationContext {
  store: Store;
  /** Epoch seconds with a fraction. */
  now: () => number;
  limits: Limits;
  /** For ARNs. */
  region: string;
  accountId: string;
  /** Seconds between the receipt of a document and the moment reads see it. Default: none. */
  visibilityDelay?: () => number;
  /** Where refused documents are noted for who asks what became of them. */
  refusals?: Refusals;
}

/** One operation of the X-Ray API: `POST <path>` with a JSON object. */
export interface Operation {
  readonly name: string;
  readonly path: string;
  /** Checks the body and runs the operation: an object of JSON, or a `WrittenAnswer`. Throws XRayError for everything X-Ray would refuse. */
  answer(context: OperationContext, body: unknown): object | Promise<object>;
}

/** An answer that is JSON already, made of parts that are kept as such. */
export class WrittenAnswer {
  readonly json: string;
  constructor(json: string) {
    this.json = json;
  }
}

/** Ties an operation's schema to its handler, so that `run` receives checked input. */
export function operation<Input extends z.ZodType>(definition: {
  name: string;
  path: string;
  input: Input;
  run(context: OperationContext, input: z.output<Input>): object | Promise<object>;
}): Operation {
  const { name, path, input, run } = definition;
  return {
    name,
    path,
    answer(context, body) {
      const members = withoutNulls(body);
      const parsed = input.safeParse(members);
      if (!parsed.success) throw inputError(parsed.error.issues, members);
      return run(context, parsed.data);
    },
  };
}

/** No input of X-Ray nests deeper than this, so what lies below is ignored, whatever it is. */
const deepest = 8;

/**
 * To AWS a member that is null is a member that is absent; the Go SDK sends `{"NextToken": null}`. What has none stays the same
 * object: nothing is copied of a large body.
 */
function withoutNulls(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null || depth > deepest) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => withoutNulls(item, depth + 1));
    return items.some((item, index) => item !== value[index]) ? items : value;
  }
  let isChanged = false;
  const members: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    const kept = withoutNulls(member, depth + 1);
    if (kept !== member || member === null) isChanged = true;
    if (member !== null) members.push([key, kept]);
  }
  return isChanged ? Object.fromEntries(members) : value;
}
