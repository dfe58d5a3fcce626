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
    replace: `this.restarting || this.state === 'stopped'`,
    with: 'this.restarting',
    red: {
      file: 'scripts/supervisor/save.test.ts',
      test: 'one that was stopped on purpose stays stopped, and starts with what was saved meanwhile',
    },
  },
  {
    name: 'a file that was read once is never read again',
    file: 'scripts/supervisor/sources.ts',
    replace: 'if (before?.settled && before.stamp === stamp) return before;',
    with: 'if (before) return before;',
    red: {
      file: 'scripts/supervisor/sources.test.ts',
      test: 'a file that lies there for long is not read at each look, and is once its time is new',
    },
  },
  {
    name: 'a replica goes on with old code',
    file: 'scripts/supervisor/sources.ts',
    replace: `process === name || process.replace(/-\\d+$/, '') === name`,
    with: 'process === name',
    red: {
      file: 'scripts/supervisor/sources.test.ts',
      test: 'a replica is restarted with the service whose program it runs, and no other',
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
  {
    name: 'whoever answers on a port is taken for the process',
    file: 'scripts/supervisor/health.ts',
    replace: 'word === undefined || response.headers[WORD_HEADER] === word',
    with: 'true',
    red: {
      file: 'scripts/supervisor/health.test.ts',
      test: 'a process whose port somebody else has is not well, and it is said',
    },
  },
  {
    name: 'questions to a daemon are counted as segments',
    file: 'xray/daemon/daemon.ts',
    replace: 'if (!health) receive(bytes);',
    with: 'if (health) receive(bytes);\n      if (!health) receive(bytes);',
    red: {
      file: 'scripts/supervisor/health.test.ts',
      test: 'questions to a daemon are never in its telemetry and never passed on',
    },
  },
];
