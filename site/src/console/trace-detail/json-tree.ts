/**
 * A JSON value as the lines that are open. What is closed has no lines, so that a document costs what is looked at of it and
 * not what it holds.
 */

export interface JsonLine {
  /** Where in the value it stands; no other line of the value has it. */
  path: string;
  depth: number;
  /** Absent on the value itself and, with `range`, on a part of a long list. */
  name: string | undefined;
  kind: 'list' | 'object' | 'string' | 'number' | 'boolean' | 'null';
  /** Of a leaf its JSON; of a list or an object how much is in it: `[ 3 ]`, `{ 3 }`. */
  text: string;
  /** Of what can be opened: whether it is. */
  open: boolean | undefined;
  /** What was searched for is in its name or text. */
  found: boolean;
}

/** What a search found in one value. */
export interface Finds {
  /** Lines that hold the text, in the order of the value; at most as many as were asked for. */
  paths: ReadonlySet<string>;
  /** Lines on the way to them. */
  above: ReadonlySet<string>;
  /** There are more than were asked for. */
  more: boolean;
}

export interface Opening {
  /** Levels that stand open at first. */
  levels: number;
  /** What the reader opened and closed, by path. */
  opened: Pick<ReadonlyMap<string, boolean>, 'get'>;
  /** With a search only what it found is shown, and what leads there; what the reader opens is shown whole. */
  finds?: Finds | undefined;
}

/** An open list or object has at most so many lines below it: of a longer one, parts that can be opened. */
export const mostChildren = 100;

type Container = Record<string, unknown> | readonly unknown[];

/** A value, or from the how manieth to before the how manieth child of a long one. */
interface Spot {
  path: string;
  depth: number;
  name: string | undefined;
  value: unknown;
  range: [from: number, to: number] | undefined;
}

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

/** The open lines of a value, from top to bottom. */
export function linesOf(value: unknown, name: string | undefined, opening: Opening): JsonLine[] {
  const lines: JsonLine[] = [];
  const { levels, opened, finds } = opening;
  const waiting: Spot[] = [{ path: '', depth: 0, name, value, range: undefined }];
  for (let spot = waiting.pop(); spot !== undefined; spot = waiting.pop()) {
    const found = finds?.paths.has(spot.path) ?? false;
    if (!isContainer(spot.value) || sizeOf(spot.value) === 0) {
      lines.push({ ...placeOf(spot), ...leafOf(spot.value), open: undefined, found });
      continue;
    }
    const leads = finds?.above.has(spot.path) ?? false;
    const asked = opened.get(spot.path);
    const open = asked ?? (finds ? leads : !spot.range && spot.depth < levels);
    lines.push({ ...placeOf(spot), ...containerOf(spot.value, spot.range), open, found });
    if (!open) continue;
    const children = childrenOf(spot);
    const shown =
      finds && leads && asked === undefined
        ? children.filter(({ path }) => finds.paths.has(path) || finds.above.has(path))
        : children;
    for (let index = shown.length - 1; index >= 0; index--) waiting.push(shown[index]!);
  }
  return lines;
}

/**
 * Where a text is in a value, in names and in leaves. Upper and lower case are one.
 * @param most stops after so many
 */
export function findIn(value: unknown, text: string, most: number): Finds {
  const wanted = text.trim().toLowerCase();
  const paths = new Set<string>();
  const above = new Set<string>();
  let more = false;
  if (!wanted) return { paths, above, more };
  const holds = (part: string | undefined) => part?.toLowerCase().includes(wanted) ?? false;
  interface Step {
    spot: Spot;
    parent: Step | undefined;
  }
  const waiting: Step[] = [
    { spot: { path: '', depth: 0, name: undefined, value, range: undefined }, parent: undefined },
  ];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    const { spot, parent } = step;
    const leaf = !isContainer(spot.value);
    // The parts of a long list have made-up names, which nobody searches for.
    if (!spot.range && (holds(spot.name) || (leaf && holds(leafOf(spot.value).text)))) {
      if (paths.size === most) {
        more = true;
        break;
      }
      paths.add(spot.path);
      for (let up = parent; up !== undefined && !above.has(up.spot.path); up = up.parent)
        above.add(up.spot.path);
    }
    if (leaf) continue;
    const children = childrenOf(spot);
    for (let index = children.length - 1; index >= 0; index--)
      waiting.push({ spot: children[index]!, parent: step });
  }
  return { paths, above, more };
}

const placeOf = ({ path, depth, name }: Spot) => ({ path, depth, name });

function leafOf(value: unknown): Pick<JsonLine, 'kind' | 'text'> {
  if (Array.isArray(value)) return { kind: 'list', text: '[]' };
  if (isContainer(value)) return { kind: 'object', text: '{}' };
  return {
    kind: value === null ? 'null' : (typeof value as 'string' | 'number' | 'boolean'),
    text: JSON.stringify(value),
  };
}

function containerOf(value: Container, range: Spot['range']): Pick<JsonLine, 'kind' | 'text'> {
  const kind = Array.isArray(value) ? 'list' : 'object';
  const count = range ? range[1] - range[0] : sizeOf(value);
  return {
    kind,
    text: range ? count.toLocaleString('en') : kind === 'list' ? `[ ${count} ]` : `{ ${count} }`,
  };
}

const sizeOf = (value: Container) => (Array.isArray(value) ? value.length : Object.keys(value).length);

function childrenOf({ path, depth, value, range }: Spot): Spot[] {
  const names = Array.isArray(value) ? undefined : Object.keys(value as object);
  const [from, to] = range ?? [0, names?.length ?? (value as unknown[]).length];
  const below = depth + 1;
  if (to - from > mostChildren) {
    const size = partSize(to - from);
    return Array.from({ length: Math.ceil((to - from) / size) }, (_, part): Spot => {
      const first = from + part * size;
      const end = Math.min(to, first + size);
      const named = names ? `${names[first]} … ${names[end - 1]}` : `${first} … ${end - 1}`;
      // A member's path has no `~` that is followed by anything but 0 or 1.
      return { path: `${path}/~${first}-${end}`, depth: below, name: named, value, range: [first, end] };
    });
  }
  return Array.from({ length: to - from }, (_, at): Spot => {
    const name = names ? names[from + at]! : String(from + at);
    const inner = (value as Record<string, unknown>)[name];
    return { path: `${path}/${pointer(name)}`, depth: below, name, value: inner, range: undefined };
  });
}

/** As JSON Pointer escapes a member's name (RFC 6901). */
const pointer = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** 100, 10,000 …: the smallest with which there are at most a hundred parts. */
function partSize(count: number): number {
  let size = mostChildren;
  while (count / size > mostChildren) size *= mostChildren;
  return size;
}
