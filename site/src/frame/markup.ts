import { parse, type AST } from 'svelte/compiler';

/** What the tests of the markup ask of a `.svelte` file. Only they read this: it brings the compiler with it. */

/** A keyed list: `{#each LIST as … (KEY)}`, in the words of the file. */
export interface KeyedList {
  /** `summaries as summary (summary.Id)` with the names as they stand. */
  written: string;
  key: string;
  /** The key is the list's own index. */
  byIndex: boolean;
}

type Node = AST.TemplateNode;

/** Every keyed list of a file. */
export function keyedLists(source: string): KeyedList[] {
  const lists: KeyedList[] = [];
  visit(parse(source, { modern: true }).fragment, (node) => {
    if (node.type !== 'EachBlock' || !node.key) return;
    const text = ({ start, end }: { start?: number; end?: number }) => source.slice(start, end);
    const key = text(node.key as { start?: number; end?: number });
    lists.push({
      written: `${text(node.expression as { start?: number; end?: number })} (${key})`,
      key,
      byIndex: key === node.index,
    });
  });
  return lists;
}

/** How a component is used in a file, and the panels in it, each as far as no `<Panel>` stands around it. */
export interface Uncovered {
  /** Elements with the class `panel`, as they are written. */
  panels: string[];
  /** Components that are used, by the name in the file. */
  components: string[];
  /** What the file imports from other `.svelte` files: name → path as written. */
  imports: Map<string, string>;
  /** The component at the top, when it is the only thing there. */
  top: string | undefined;
}

export function uncovered(source: string): Uncovered {
  const { fragment, instance } = parse(source, { modern: true });
  const panels: string[] = [];
  const components: string[] = [];
  visit(fragment, (node) => {
    if (node.type === 'Component') {
      if (node.name === 'Panel') return 'pass by';
      components.push(node.name);
    }
    if (node.type === 'RegularElement' && hasClass(node, 'panel') && !holdsOnlyAPanel(node))
      panels.push(source.slice(node.start, source.indexOf('>', node.start) + 1));
    return undefined;
  });
  const imports = new Map<string, string>();
  for (const statement of instance?.content.body ?? []) {
    if (statement.type !== 'ImportDeclaration' || !String(statement.source.value).endsWith('.svelte'))
      continue;
    for (const { local } of statement.specifiers) imports.set(local.name, String(statement.source.value));
  }
  const shown = fragment.nodes.filter((node) => !isEmpty(node));
  const [only] = shown;
  return {
    panels,
    components,
    imports,
    top: shown.length === 1 && only?.type === 'Component' ? only.name : undefined,
  };
}

const isEmpty = (node: Node) => node.type === 'Comment' || (node.type === 'Text' && node.data.trim() === '');

const hasClass = (element: AST.RegularElement, name: string) =>
  element.attributes.some(
    (attribute) =>
      attribute.type === 'Attribute' &&
      attribute.name === 'class' &&
      Array.isArray(attribute.value) &&
      attribute.value.some((part) => part.type === 'Text' && part.data.split(/\s+/).includes(name)),
  );

/** A frame whose whole content can fail inside it. */
function holdsOnlyAPanel(element: AST.RegularElement): boolean {
  const inside = element.fragment.nodes.filter((node) => !isEmpty(node));
  return inside.length === 1 && inside[0]?.type === 'Component' && inside[0].name === 'Panel';
}

/** Calls back for every node of the markup, outer ones first; `pass by` leaves out what is inside. */
function visit(fragment: AST.Fragment, see: (node: Node) => 'pass by' | undefined | void): void {
  for (const node of fragment.nodes) {
    if (see(node as Node) === 'pass by') continue;
    for (const inner of Object.values(node) as unknown[]) if (isFragment(inner)) visit(inner, see);
  }
}

const isFragment = (value: unknown): value is AST.Fragment =>
  typeof value === 'object' && value !== null && (value as { type?: string }).type === 'Fragment';
