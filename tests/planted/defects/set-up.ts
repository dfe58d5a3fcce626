import type { Defect } from '../defect.ts';

/** The supervisor of the processes, and the rules of the repository. */
export const setUp: readonly Defect[] = [
  {
    name: 'a process that was killed stays down',
    file: 'scripts/supervisor/supervisor.ts',
    replace: '      this.comeBack();',
    with: '',
    red: {
      file: 'scripts/supervisor/supervisor.test.ts',
      test: 'a process that comes back is started again when it is killed, says when, and counts it',
    },
  },
  {
    name: 'a saved file starts a service that was stopped on purpose',
    file: 'scripts/supervisor/supervisor.ts',
    replace: `this.named(name).state !== 'stopped'`,
    with: `this.named(name).state !== 'crashed'`,
    red: {
      file: 'scripts/supervisor/supervisor.test.ts',
      test: 'changed sources start a crashed process again, and leave a stopped one alone',
    },
  },
  {
    name: 'every import is allowed',
    file: 'tests/imports.ts',
    replace: 'if (!allowed.some((place) => inside(target, place)))',
    with: 'if (allowed.length > 99)',
    red: {
      file: 'tests/architecture.test.ts',
      test: `the rules notice import { createApi } from '../api/app.ts'; in xray/model/planted.ts`,
    },
  },
  {
    name: 'the model may use what a browser has not',
    file: 'tests/imports.ts',
    replace: `specifier.startsWith('node:')`,
    with: `specifier.startsWith('deno:')`,
    red: {
      file: 'tests/architecture.test.ts',
      test: `the rules notice import { readFileSync } from 'node:fs'; in xray/model/planted.ts`,
    },
  },
  {
    name: 'the arcs of a health ring lie on each other',
    file: 'site/src/console/service-map/ring.ts',
    replace: 'turned += length;',
    with: '',
    red: {
      file: 'site/src/console/service-map/ring.test.ts',
      test: 'arcs run ok, error, throttle, fault clockwise, two pixels apart',
    },
  },
];
