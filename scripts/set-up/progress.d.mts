/** See progress.mjs, which Node 20 has to run. */
export function barOf(
  parts: readonly (readonly [title: string, shareDone: number, detail: string])[],
): string;
