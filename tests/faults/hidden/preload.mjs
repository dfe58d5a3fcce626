/** Preloaded into a scratch lab’s processes: its labs are those of labs.ts. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === '@xray-lab/labs/catalogue'
      ? next(new URL('./labs.ts', import.meta.url).href, context)
      : next(specifier, context),
});
