/** Every key of the console, as data: the handler, the `?` dialog and the guide's keyboard page read this table. */

export type Screen = 'everywhere' | 'map' | 'traces' | 'trace' | 'lab' | 'quiz';

export interface Shortcut {
  /** Keys as `KeyboardEvent.key`, in sequence: `g m` is two presses. */
  keys: readonly string[];
  screen: Screen;
  does: string;
  /** Name of the action, for a screen's handler. Absent where the element itself listens (tree, filter bar). */
  action?: string;
}

export const shortcuts: readonly Shortcut[] = [
  { keys: ['?'], screen: 'everywhere', does: 'Show this list', action: 'help' },
  { keys: ['g m'], screen: 'everywhere', does: 'Go to the service map', action: 'go-map' },
  { keys: ['g t'], screen: 'everywhere', does: 'Go to the traces', action: 'go-traces' },
  { keys: ['g f'], screen: 'everywhere', does: 'Go to faults and traffic', action: 'go-faults' },
  {
    keys: ['/'],
    screen: 'everywhere',
    does: 'Focus the filter bar, or the search in a trace',
    action: 'search',
  },
  { keys: ['t'], screen: 'everywhere', does: 'Choose the time range', action: 'time' },
  { keys: ['l'], screen: 'everywhere', does: 'Live updates on or off', action: 'live' },
  {
    keys: ['Escape'],
    screen: 'everywhere',
    does: 'Close the list, then the panel, then clear the selection',
    action: 'escape',
  },
  { keys: ['+', '-', '0'], screen: 'map', does: 'Zoom in, zoom out, fit' },
  { keys: ['Shift+Arrows'], screen: 'map', does: 'Move the map' },
  {
    keys: ['Enter'],
    screen: 'traces',
    does: 'In the filter bar: accept the highlighted suggestion, else run',
  },
  { keys: ['Ctrl+Enter'], screen: 'traces', does: 'In the filter bar: always run' },
  { keys: ['j', 'k'], screen: 'traces', does: 'Next, previous trace' },
  {
    keys: ['ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown'],
    screen: 'trace',
    does: 'Move in the timeline',
  },
  { keys: ['ArrowRight'], screen: 'trace', does: 'Expand, then go to the first child' },
  { keys: ['ArrowLeft'], screen: 'trace', does: 'Collapse, then go to the parent' },
  { keys: ['*'], screen: 'trace', does: 'Expand all siblings' },
  { keys: ['[', ']'], screen: 'trace', does: 'Collapse all, expand all' },
  { keys: ['n', 'N'], screen: 'trace', does: 'Next, previous match or problem' },
  { keys: ['+', '-', '0'], screen: 'trace', does: 'Zoom the timeline, reset' },
  { keys: ['1 … 7'], screen: 'trace', does: 'Open a tab of the segment panel' },
  { keys: ['y'], screen: 'trace', does: 'Copy the link' },
  { keys: ['Shift+Y'], screen: 'trace', does: 'Copy a one-line summary' },
  { keys: ['j', 'k'], screen: 'trace', does: 'Next, previous trace of the list you came from' },
  { keys: ['Ctrl+Enter'], screen: 'lab', does: 'Check now' },
  { keys: ['h'], screen: 'lab', does: 'Next hint' },
  { keys: ['1 … 9'], screen: 'quiz', does: 'Choose an option' },
  { keys: ['Enter'], screen: 'quiz', does: 'Check, then next question' },
];

export const screenTitles: Record<Screen, string> = {
  everywhere: 'Everywhere in the console',
  map: 'Service map',
  traces: 'Traces',
  trace: 'Trace',
  lab: 'Labs',
  quiz: 'Quiz',
};

const glyphs: Record<string, string> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Escape: 'Esc',
  'Shift+Arrows': 'Shift+↑ ↓ ← →',
  'Ctrl+Enter': 'Ctrl·⌘+Enter',
  '-': '−',
};

/** A key as it stands on a keyboard. */
export const keyLabel = (key: string): string => glyphs[key] ?? key;

/** The table, grouped by screen, in the order it is written. */
export function shortcutGroups(): { screen: Screen; title: string; shortcuts: Shortcut[] }[] {
  return (Object.keys(screenTitles) as Screen[]).map((screen) => ({
    screen,
    title: screenTitles[screen],
    shortcuts: shortcuts.filter((shortcut) => shortcut.screen === screen),
  }));
}

export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** The focus is where letters are text. */
  typing: boolean;
  /** Milliseconds, for sequences. */
  at: number;
}

const sequenceMilliseconds = 1200;
const preferenceKey = 'xray-lab.single-keys';

/** WCAG 2.1.4: single-key shortcuts can be switched off. */
export const singleKeysOn = (storage: Pick<Storage, 'getItem'>): boolean =>
  storage.getItem(preferenceKey) !== 'off';

/** Remembers whether single keys work. */
export const setSingleKeys = (storage: Pick<Storage, 'setItem'>, on: boolean): void =>
  storage.setItem(preferenceKey, on ? 'on' : 'off');

/** Turns presses into actions; remembers the first key of a sequence for 1.2 seconds. */
export function createMatcher(): (press: KeyPress) => string | undefined {
  let first: { key: string; at: number } | undefined;
  return (press) => {
    if (press.ctrlKey || press.metaKey || press.altKey) return undefined;
    if (press.typing && press.key !== 'Escape') return undefined;
    const sequence =
      first && press.at - first.at < sequenceMilliseconds ? `${first.key} ${press.key}` : undefined;
    first = press.key === 'g' ? { key: 'g', at: press.at } : undefined;
    const pressed = sequence ?? press.key;
    return shortcuts.find(({ keys, action }) => action && keys.includes(pressed))?.action;
  };
}

/** Is this element a place where letters are text? */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
  );
}
