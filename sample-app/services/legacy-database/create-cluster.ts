/** Makes the files of an empty database in the folder that is given, and ends. */
import { PGlite } from '@electric-sql/pglite';

const database = await PGlite.create({ dataDir: process.argv[2] ?? '' });
await database.close();
process.exit(0);
