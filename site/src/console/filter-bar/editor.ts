import {
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionStatus,
  selectedCompletion,
  startCompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { EditorState, Prec, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  EditorView,
  keymap,
  MatchDecorator,
  placeholder,
  tooltips,
  ViewPlugin,
  type DecorationSet,
  type ViewUpdate,
} from '@codemirror/view';
import { FilterSyntaxError, parseFilterExpression, suggestions } from '@xray-lab/xray/model';
import type { SeenValues } from '../trace-list/seen-values.ts';
import { examples, recentQueries, valuesAt } from '../trace-list/summaries.ts';

export interface Mistake {
  message: string;
  position: number;
  length: number;
}

/** What is wrong with an expression, or undefined. */
export function mistakeIn(text: string): Mistake | undefined {
  try {
    parseFilterExpression(text);
    return undefined;
  } catch (error) {
    if (!(error instanceof FilterSyntaxError)) throw error;
    return { message: error.message, position: error.position, length: error.length };
  }
}

const showMistake = StateEffect.define<Mistake | undefined>();
const underline = Decoration.mark({ class: 'cm-mistake' });

/** The underlined place. Typing clears it; the next pause sets it again. */
const mistakeField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(shown, transaction) {
    const effect = transaction.effects.find((one) => one.is(showMistake));
    if (!effect) return transaction.docChanged ? Decoration.none : shown;
    const length = transaction.state.doc.length;
    const mistake = effect.value as Mistake | undefined;
    if (!mistake || length === 0) return Decoration.none;
    const from = Math.min(mistake.position, length - 1);
    const to = Math.min(length, Math.max(from + 1, mistake.position + mistake.length));
    return Decoration.set([underline.range(from, to)]);
  },
  provide: (field) => EditorView.decorations.from(field),
});

const words = new MatchDecorator({
  regexp: /"(?:[^"\\]|\\.)*"?|\b(?:and|or|not)\b|[a-z][\w.]*/gi,
  decoration: ([text]) =>
    Decoration.mark({
      class: text.startsWith('"') ? 'cm-text' : /^(and|or|not)$/i.test(text) ? 'cm-joint' : 'cm-keyword',
    }),
});

const colours = ViewPlugin.define(
  (view) => ({
    shown: words.createDeco(view),
    update(update: ViewUpdate) {
      this.shown = words.updateDeco(update, this.shown);
    },
  }),
  { decorations: (plugin) => plugin.shown },
);

/** A filter is one line: a pasted line break becomes a space. */
const oneLine = EditorState.transactionFilter.of((transaction) => {
  if (transaction.newDoc.lines < 2) return transaction;
  const text = transaction.newDoc.toString().replace(/\s*\n\s*/g, ' ');
  return [
    {
      changes: { from: 0, to: transaction.startState.doc.length, insert: text },
      selection: { anchor: text.length },
    },
  ];
});

export interface FilterEditor {
  parent: HTMLElement;
  /** Where suggestions open: a place of no height, below everything that is said about the expression. */
  below: HTMLElement;
  text: string;
  seen: () => SeenValues;
  onchange: (text: string) => void;
  onmistake: (mistake: Mistake | undefined) => void;
  onrun: (text: string) => void;
}

/** A suggestion with its one-line meaning, shown in the same row. */
type Option = Completion & { meaning?: string };

/** Milliseconds without typing before a mistake is said. */
const pause = 400;

/** The filter bar's editor. Enter accepts a highlighted suggestion, else runs; Ctrl or ⌘ with Enter always runs. */
export function createFilterEditor({
  parent,
  below,
  text,
  seen,
  onchange,
  onmistake,
  onrun,
}: FilterEditor): EditorView {
  let timer: ReturnType<typeof setTimeout> | undefined;

  const check = (view: EditorView) => onmistake(markMistake(view));
  const run = (view: EditorView) => {
    clearTimeout(timer);
    closeCompletion(view);
    check(view);
    onrun(view.state.doc.toString().trim());
    return true;
  };

  return new EditorView({
    parent,
    doc: text,
    extensions: [
      oneLine,
      history(),
      mistakeField,
      colours,
      tooltips({ parent: below, position: 'absolute' }),
      placeholder('Filter, for example: service("payment") { fault }'),
      EditorView.contentAttributes.of({
        'aria-label': 'Filter expression',
        'aria-multiline': 'false',
        tabindex: '0',
        spellcheck: 'false',
        autocapitalize: 'off',
      }),
      autocompletion({
        override: [(context) => complete(context, seen())],
        selectOnOpen: false,
        icons: false,
        activateOnTyping: true,
        activateOnCompletion: () => true,
        addToOptions: [{ render: (option) => meaningOf(option as Option), position: 90 }],
      }),
      Prec.highest(
        keymap.of([
          { key: 'Mod-Enter', run },
          {
            key: 'Enter',
            run: (view) => (selectedCompletion(view.state) ? acceptCompletion(view) : run(view)),
          },
          { key: 'Tab', run: (view) => (selectedCompletion(view.state) ? acceptCompletion(view) : false) },
          { key: 'ArrowUp', run: openWhenEmpty },
          { key: 'ArrowDown', run: openWhenEmpty },
        ]),
      ),
      keymap.of([...defaultKeymap.filter(({ key }) => key !== 'Mod-Enter'), ...historyKeymap]),
      EditorView.domEventHandlers({
        focus: (_event, view) => {
          if (view.state.doc.length === 0) startCompletion(view);
        },
      }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return;
        onchange(update.state.doc.toString());
        onmistake(undefined);
        clearTimeout(timer);
        timer = setTimeout(() => check(update.view), pause);
      }),
    ],
  });
}

/** Underlines what is wrong with the text as it stands, and returns it. */
export function markMistake(view: EditorView): Mistake | undefined {
  const mistake = mistakeIn(view.state.doc.toString());
  view.dispatch({ effects: showMistake.of(mistake) });
  return mistake;
}

/** In an empty bar an arrow opens examples and recent queries. */
function openWhenEmpty(view: EditorView): boolean {
  return view.state.doc.length === 0 && completionStatus(view.state) === null && startCompletion(view);
}

/** Replaces the whole text without running it. */
export function setText(view: EditorView, text: string): void {
  if (view.state.doc.toString() === text) return;
  view.dispatch({
    changes: { from: 0, to: view.state.doc.length, insert: text },
    selection: { anchor: text.length },
  });
}

function meaningOf({ meaning }: Option): Node | null {
  if (!meaning) return null;
  const element = document.createElement('span');
  element.className = 'cm-meaning';
  element.textContent = meaning;
  return element;
}

/** Characters: a longer value fits into no list, and would be an address that no server takes. */
const longestOffer = 200;

function complete(context: CompletionContext, seen: SeenValues): CompletionResult | null {
  const text = context.state.doc.toString();
  if (!text.trim()) return whenEmpty();
  const before = text.slice(0, context.pos);
  const values = valuesAt(before, seen);
  if (values) {
    return {
      from: values.from,
      options: values.values
        .filter(({ text: value }) => value.length <= longestOffer)
        .slice(0, 50)
        .map(({ text: label, count }, index) => ({
          label,
          detail: `${count} ${count === 1 ? 'trace' : 'traces'}`,
          boost: -index,
        })),
      validFor: /^"?[^"]*$/,
    };
  }
  const offered = suggestions(text, context.pos);
  const from = offered[0]?.from ?? context.pos;
  if (from === context.pos && !context.explicit && !/[\s({]$/.test(before)) return null;
  const options = offered.map(
    ({ text: label, type, meaning }) => ({ label, detail: type, meaning }) satisfies Option,
  );
  return options.length ? { from, options, validFor: /^[\w.]*$/ } : null;
}

function whenEmpty(): CompletionResult {
  const recent = recentQueries(localStorage).slice(0, 5);
  return {
    from: 0,
    filter: false,
    options: [
      ...recent.map((label) => ({ label, section: { name: 'Recent', rank: 0 } })),
      ...examples.map(({ text, meaning }) => ({
        label: text,
        section: { name: 'Examples', rank: 1 },
        meaning,
      })),
    ],
  };
}
