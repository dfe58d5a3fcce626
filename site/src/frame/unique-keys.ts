/**
 * Keys for a list whose items may carry the same name: a second `a` becomes `a·2`, a third `a·3`. Ids, names and types come
 * from documents that anybody may send, so none of them is a key by itself.
 * @param taken keys that are in use elsewhere; the new ones are added to it
 */
export function uniqueKeys(names: Iterable<string>, taken: Set<string> = new Set()): string[] {
  const repeats = new Map<string, number>();
  const keys: string[] = [];
  for (const name of names) {
    let key = name;
    // A name may look like a key that was made: asked until none is like it.
    for (let nth = repeats.get(name) ?? 1; taken.has(key);) {
      nth += 1;
      key = `${name}·${nth}`;
      repeats.set(name, nth);
    }
    taken.add(key);
    keys.push(key);
  }
  return keys;
}
