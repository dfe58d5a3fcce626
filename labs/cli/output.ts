import { randomInt } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { terminalText } from '@xray-lab/xray/terminal-text';

/** Colours, or none: on a terminal, unless NO_COLOR is set. */
export interface Style {
  good(text: string): string;
  bad(text: string): string;
  careful(text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

/** Its codes on and off: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const colours = { green: [32, 39], red: [31, 39], yellow: [33, 39], bold: [1, 22], dim: [2, 22] } as const;

/** In every colour of ours until it is printed; nobody else's text has it. */
const MARK = `${randomInt(1000, 10_000)};${randomInt(1000, 10_000)}`;
const ours = new RegExp(`(\\x1b\\[)${MARK};(\\d+m)`);

/** What is printed of a text: our own colours, and everything else that a terminal would act on as visible characters. */
export const printable = (text: string): string =>
  text
    .split(ours)
    // Text, `ESC [`, code and `m`, text, …
    .map((part, index) => (index % 3 === 0 ? terminalText(part) : part))
    .join('');

export function styleFor(stream: { isTTY?: boolean | undefined }, env: NodeJS.ProcessEnv): Style {
  const coloured = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  const with_ = (format: keyof typeof colours) => (text: string) => {
    const [on, off] = colours[format];
    return coloured ? `\x1b[${MARK};${on}m${text}\x1b[${MARK};${off}m` : text;
  };
  return {
    good: with_('green'),
    bad: with_('red'),
    careful: with_('yellow'),
    strong: with_('bold'),
    faint: with_('dim'),
  };
}

/** No colours: for tests and files. */
export const plain: Style = styleFor({}, {});

/** Rows as lines of aligned columns, two spaces apart. Colours do not count. */
export function columns(rows: readonly (readonly string[])[]): string {
  const width = (text: string) => stripVTControlCharacters(text).length;
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, width(cell))));
  }
  return rows
    .map((row) =>
      row
        .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - width(cell)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** `612 MB`, in units of 1024 × 1024 bytes, as the start counts them. */
export const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576).toLocaleString('en-US')} MB`;

/** `0.42 ms`, `38 ms`, `1.24 s`, `2 min 3 s` */
export function duration(milliseconds: number): string {
  if (milliseconds < 1) return `${milliseconds.toFixed(2)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(2)} s`;
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Paragraphs at most so many letters wide, with this in front of each line. */
export function wrapped(text: string, indent = '', width = 92): string {
  return text
    .split('\n')
    .map((paragraph) => {
      const lines = [''];
      for (const word of paragraph.split(' ')) {
        const line = lines.at(-1) ?? '';
        if (line !== '' && line.length + 1 + word.length > width) lines.push(word);
        else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
      }
      return lines.map((line) => `${indent}${line}`.trimEnd()).join('\n');
    })
    .join('\n');
}

/** A value between single quotes, for a POSIX shell. */
export const shellQuoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
