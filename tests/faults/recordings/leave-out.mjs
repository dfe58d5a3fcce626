/** Preloaded into a scratch lab: its catalogue has each fault of left-out.ts once more, without one of its primitives. */
import { registerHooks } from 'node:module';

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    if (!url.endsWith('/sample-app/faults/index.ts')) return loaded;
    const source = String(loaded.source).replace(
      'export const faults: readonly Fault[] = [',
      'const whole: readonly Fault[] = [',
    );
    const leftOut = new URL('./left-out.ts', import.meta.url).href;
    return { ...loaded, source: `${source}\nimport { leftOut } from '${leftOut}';\n${addition}` };
  },
});

const addition = `
const without = (fault: Fault, left: number): Fault => ({
  ...fault,
  id: fault.id + '--' + left,
  primitives: (parameters) => fault.primitives(parameters).filter((_, at) => at !== left),
});
export const faults: readonly Fault[] = [
  ...whole,
  ...leftOut.map(([id, left]) => without(whole.find((fault) => fault.id === id)!, left)),
];
`;
