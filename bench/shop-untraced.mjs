/** Preloaded into the processes of a scratch lab: its services run without the X-Ray SDK. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier.endsWith('platform/tracing.ts')
      ? next(new URL('./shop-untraced.ts', import.meta.url).href, context)
      : next(specifier, context),
});
