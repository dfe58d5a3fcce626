/**
 * The name that was probably meant: the one with the fewest letters to change, add or leave out, when these are at most
 * a third of it.
 *
 * @example nearest('inventry-down', ['inventory-down', 'inventory-slow']) // 'inventory-down'
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(typed.toLowerCase(), name) }))
    .sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(2, best.name.length / 3) ? best.name : undefined;
}

/** Letters to change, add or leave out: Levenshtein's distance. */
function distanceOf(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const cells = [row];
    for (let column = 1; column <= b.length; column++) {
      const change = a[row - 1] === b[column - 1] ? 0 : 1;
      cells.push(
        Math.min((above[column] ?? 0) + 1, (cells[column - 1] ?? 0) + 1, (above[column - 1] ?? 0) + change),
      );
    }
    above = cells;
  }
  return above[b.length] ?? 0;
}
