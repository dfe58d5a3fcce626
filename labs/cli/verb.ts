import type { ParseArgsOptionsConfig } from 'node:util';
import type { Api } from './api.ts';
import type { Arguments } from './arguments.ts';
import type { Confirm } from './confirm.ts';
import type { Style } from './output.ts';

/** What a verb works with. */
export interface Cli {
  api: Api;
  style: Style;
  env: NodeJS.ProcessEnv;
  /** The root of the repository. */
  root: string;
  /** `$LAB_HOME` */
  home: string;
  portOffset: number;
  address: string;
  confirm: Confirm;
}

export interface Outcome {
  /** Printed with `--json`. */
  json: unknown;
  /** Printed without. */
  text: string;
  /** The answer is no: exit code 1. */
  failed?: boolean;
}

export interface Verb {
  /** After the name: `on ID [--param NAME=VALUE …]`. One line each. */
  usage: readonly string[];
  /** One line for `help`. */
  says: string;
  flags?: ParseArgsOptionsConfig;
  /** One of the flags, which takes NAME=VALUE: flags that are not listed are pairs of it. */
  pairs?: string;
  run(cli: Cli, given: Arguments): Promise<Outcome>;
}
