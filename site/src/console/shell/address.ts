/** The URL is the state: what is in it survives a reload, a bookmark and a colleague. */

/** Reads one parameter of this page. */
export const param = (name: string): string | null => new URLSearchParams(location.search).get(name);

/** Writes parameters into the URL; empty and null ones are removed. `push` makes a step that Back undoes. */
export function setParams(changes: Record<string, string | null>, push = false): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  if (url.href === location.href) return;
  history[push ? 'pushState' : 'replaceState'](null, '', url);
}

/** An address of the console with its parameters, empty ones left out. */
export function address(
  screen: 'map' | 'traces' | 'trace',
  parameters: Record<string, string | undefined> = {},
): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) search.set(name, value);
  const text = search.toString();
  return `/console/${screen}/${text ? `?${text}` : ''}`;
}
