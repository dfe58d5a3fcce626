import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/*
 * Colour alone never tells a status, but it should help everybody it can: each colour stands out from what is behind
 * it (WCAG 1.4.11 asks 3:1), and any two stay apart for every kind of colour vision.
 */

type Colour = [number, number, number];
type Theme = 'light' | 'dark';

const ours = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const starlight = readFileSync(
  createRequire(import.meta.url)
    .resolve('@astrojs/starlight/style/markdown.css')
    .replace('markdown.css', 'props.css'),
  'utf8',
);

/** The declarations of every block with one of these selectors, later ones winning. */
function declarations(css: string, selector: string): Map<string, string> {
  const found = new Map<string, string>();
  const plain = css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/@media[^{]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, '');
  for (const [, selectors = '', body = ''] of plain.matchAll(/([^{};]+)\{([^{}]*)\}/g)) {
    if (!selectors.split(',').some((one) => one.trim() === selector)) continue;
    for (const [, name = '', value = ''] of body.matchAll(/(--[\w-]+):\s*([^;]+);/g))
      found.set(name, value.trim());
  }
  return found;
}

function tokens(theme: Theme): Map<string, string> {
  const selectors = theme === 'dark' ? [':root'] : [':root', ":root[data-theme='light']"];
  return new Map(selectors.flatMap((one) => [...declarations(starlight, one), ...declarations(ours, one)]));
}

/** Reads `#rrggbb`, `hsl()`, `var()` and the one form of `color-mix` the tokens use. */
function resolve(value: string, all: Map<string, string>): Colour {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(value);
  if (hex) return [1, 2, 3].map((part) => Number.parseInt(hex[part] ?? '', 16)) as Colour;
  const name = /^var\((--[\w-]+)\)$/.exec(value)?.[1];
  if (name) return resolve(all.get(name) ?? `missing ${name}`, all);
  const hsl = /^hsl\(([\d.]+),\s*([\d.]+)%,\s*([\d.]+)%\)$/.exec(value);
  if (hsl) return fromHsl(Number(hsl[1]), Number(hsl[2]) / 100, Number(hsl[3]) / 100);
  const mix = /^color-mix\(in srgb, (.+) (\d+)%, (.+)\)$/.exec(value);
  if (mix) {
    const [a, b] = [resolve(mix[1] ?? '', all), resolve(mix[3] ?? '', all)];
    return a.map(
      (part, index) => part * (Number(mix[2]) / 100) + (b[index] ?? 0) * (1 - Number(mix[2]) / 100),
    ) as Colour;
  }
  throw new Error(`tokens.test.ts cannot read the colour "${value}". Teach resolve() its form.`);
}

function fromHsl(hue: number, saturation: number, lightness: number): Colour {
  const part = (n: number) => {
    const k = (n + hue / 30) % 12;
    return (
      255 *
      (lightness - saturation * Math.min(lightness, 1 - lightness) * Math.max(-1, Math.min(k - 3, 9 - k, 1)))
    );
  };
  return [part(0), part(8), part(4)];
}

const linear = (part: number) =>
  part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
const luminance = ([r, g, b]: Colour) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

/** WCAG's contrast ratio, 1 to 21. */
function contrast(a: Colour, b: Colour): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

/** Machado, Oliveira and Fernandes 2009, full severity, on linear light. https://doi.org/10.1109/TVCG.2009.113 */
const visions: Record<string, number[][]> = {
  normal: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** CIELAB (D65) of a colour as one kind of vision sees it. */
function lab(colour: Colour, vision: number[][]): Colour {
  const light = colour.map(linear);
  const [r = 0, g = 0, b = 0] = vision.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, factor, index) => sum + factor * (light[index] ?? 0), 0),
      ),
    ),
  );
  const f = (t: number) => (t > 216 / 24389 ? Math.cbrt(t) : (24389 / 27) * (t / 116) + 16 / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const distance = (a: Colour, b: Colour) => Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);

const statuses = ['ok', 'error', 'throttle', 'fault', 'pending'];
const backgrounds = ['surface', 'panel', 'selected'];

/** The smallest CIE76 distance the colours were chosen for. */
const apart: Record<Theme, number> = { light: 25, dark: 35 };

for (const theme of ['light', 'dark'] as const) {
  const all = tokens(theme);
  const colour = (name: string) => resolve(all.get(`--${name}`) ?? `missing --${name}`, all);

  test(`${theme}: every status colour stands out 3:1 from page, panel and selected row`, () => {
    for (const status of statuses) {
      for (const background of backgrounds) {
        const ratio = contrast(colour(`status-${status}`), colour(background));
        assert.ok(ratio >= 3, `${status} on ${background} is ${ratio.toFixed(2)}:1`);
      }
    }
  });

  test(`${theme}: text reads 4.5:1 on page, panel and selected row, and so does muted text and the accent`, () => {
    for (const text of ['text', 'muted', 'accent']) {
      for (const background of backgrounds) {
        const ratio = contrast(colour(text), colour(background));
        assert.ok(ratio >= 4.5, `${text} on ${background} is ${ratio.toFixed(2)}:1`);
      }
    }
    assert.ok(contrast(colour('on-accent'), colour('accent')) >= 4.5);
  });

  for (const [vision, matrix] of Object.entries(visions)) {
    test(`${theme}: any two status colours stay apart in ${vision} vision`, () => {
      for (const [index, a] of statuses.entries()) {
        for (const b of statuses.slice(index + 1)) {
          const far = distance(lab(colour(`status-${a}`), matrix), lab(colour(`status-${b}`), matrix));
          assert.ok(far >= apart[theme], `${a} and ${b} are ${far.toFixed(1)} apart`);
        }
      }
    });
  }
}

test('the check itself: a common hand-picked set does not stay apart', () => {
  const picked = ['#1a7f37', '#9a6700', '#cf222e', '#8250df', '#57606a'].map((hex) =>
    resolve(hex, new Map()),
  );
  const smallest = Math.min(
    ...Object.values(visions).flatMap((matrix) =>
      picked.flatMap((a, index) =>
        picked.slice(index + 1).map((b) => distance(lab(a, matrix), lab(b, matrix))),
      ),
    ),
  );
  assert.ok(smallest < 15, `smallest distance is ${smallest.toFixed(1)}`);
});
