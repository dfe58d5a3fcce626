/** Preloaded into the processes of a scratch lab: once the flag is there, a service that starts runs without the X-Ray SDK. */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

if (existsSync(process.env.BENCH_UNTRACED ?? '')) {
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.endsWith('platform/tracing.ts')
        ? next(new URL('./shop-untraced.ts', import.meta.url).href, context)
        : next(specifier, context),
  });
}
