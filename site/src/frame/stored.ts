/** What a browser kept as JSON, or undefined where that is none: another version, or somebody by hand, may have written it. */
export function parsed(kept: string | null): unknown {
  try {
    return kept === null ? undefined : JSON.parse(kept);
  } catch {
    return undefined;
  }
}
