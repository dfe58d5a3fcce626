/** The SDK asks the environment for the driver's version, when it is imported; so this comes before it. */
import { createRequire } from 'node:module';

const { version } = createRequire(import.meta.url)('pg/package.json') as { version: string };
process.env.POSTGRES_DRIVER_VERSION ??= version;
