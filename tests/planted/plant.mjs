/** Preloaded by the suite of planted defects: one source file is read with one piece of its text replaced. */
import { registerHooks } from 'node:module';

const { url, replace, by } = JSON.parse(process.env.PLANTED_DEFECT);

registerHooks({
  load(asked, context, next) {
    const loaded = next(asked, context);
    if (asked.replace(/[?#].*$/, '') !== url) return loaded;
    return { ...loaded, source: String(loaded.source).replace(replace, () => by) };
  },
});
