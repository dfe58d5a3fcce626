type Listener = (missing: ReadonlySet<string>) => void | Promise<void>;

let missing: ReadonlySet<string> = new Set();
let listener: Listener = () => {};

/** Makes these the indexes that the plan takes away. What was changed by hand since the last plan stays as it is. */
export function setMissingIndexes(names: readonly string[]): void {
  const next = new Set(names);
  if (next.size === missing.size && names.every((name) => missing.has(name))) return;
  missing = next;
  void listener(missing);
}

/** Calls `act` with the names of the indexes that are to be missing, each time they become others. One service, one listener. */
export function whenIndexesGoMissing(act: Listener): void {
  listener = act;
}
