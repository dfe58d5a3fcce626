import type { Defect } from '../defect.ts';

/** The control plane: who may change the lab, faults, runs of labs. */
export const labServer: readonly Defect[] = [
  {
    name: 'a port answers under any name',
    file: 'xray/web-pages.ts',
    replace: 'name === undefined || !isOurs(name)',
    with: 'name === undefined',
    red: { file: 'labs/server/app.test.ts', test: 'a name rebound to loopback is refused' },
  },
  {
    name: 'any page may change the lab',
    file: 'xray/web-pages.ts',
    replace: "if (isForeign || site === 'cross-site') {",
    with: "if (site === 'cross-site') {",
    red: { file: 'labs/server/app.test.ts', test: 'a page from elsewhere is refused' },
  },
  {
    name: 'a sandboxed frame may change the lab',
    file: 'xray/web-pages.ts',
    replace: 'name !== undefined && (isKnown(name) || name === host)',
    with: 'name === undefined || isKnown(name) || name === host',
    red: { file: 'labs/server/app.test.ts', test: 'a sandboxed frame is refused' },
  },
  {
    name: 'a page of loopback may send a form',
    file: 'xray/web-pages.ts',
    replace: 'if (isFromBrowser && hasBody(headers)',
    with: 'if (!isFromBrowser && hasBody(headers)',
    red: { file: 'tests/web-pages.test.ts', test: 'refused: a page of loopback that sends a form' },
  },
  {
    name: 'the supervisor takes any word',
    file: 'scripts/supervisor/server.ts',
    replace: 'return given.length === right.length && timingSafeEqual(given, right);',
    with: 'return given.length > 0;',
    red: {
      file: 'scripts/supervisor/supervisor.test.ts',
      test: 'who does not know the token learns and changes nothing',
    },
  },
  {
    name: 'two faults of different methods are taken for one seam',
    file: 'labs/server/faults/seam.ts',
    replace: 'return methods && bodies &&',
    with: 'return bodies &&',
    red: {
      file: 'labs/server/faults/seam.test.ts',
      test: 'two methods: two seams, whichever comes first',
    },
  },
  {
    name: 'what a daemon gave up arrives at X-Ray all the same',
    file: 'labs/server/faults/slow-link.ts',
    replace: '      far.destroy();\n      near.end();',
    with: '      later(() => far.end());',
    red: {
      file: 'labs/server/faults/slow-link.test.ts',
      test: 'what a caller gives up just before the far end has it, is lost',
    },
  },
  {
    name: 'a fault by turns begins with a turn that is off',
    file: 'labs/server/faults/schedule.ts',
    replace: 'turn % 2 === 0',
    with: 'turn % 2 === 1',
    red: { file: 'labs/server/faults/schedule.test.ts', test: 'it begins with a turn that is on' },
  },
  {
    name: 'a lab tells which fault it has switched on',
    file: 'labs/server/runs/runs.ts',
    replace: 'hidden: true',
    with: 'hidden: false',
    red: {
      file: 'labs/server/runs/runs.test.ts',
      test: 'a start switches the lab’s fault on, hidden, and its traffic, and gives a nonce',
    },
  },
  {
    name: 'a new run is given the verdict on the one before',
    file: 'labs/server/runs/runs.ts',
    replace: 'return stored(lab).nonce === run.nonce ? result : undefined;',
    with: 'return result;',
    red: {
      file: 'labs/server/runs/runs.test.ts',
      test: 'a run that was started again during a check gets nothing from it',
    },
  },
  {
    name: 'a step gives its points although its solution was shown',
    file: 'labs/server/runs/runs.ts',
    replace: `progress?.state === 'passed' && !progress.solutionShown`,
    with: `progress?.state === 'passed'`,
    red: {
      file: 'labs/server/runs/runs.test.ts',
      test: 'a step whose solution was shown passes and gives no points',
    },
  },
  {
    name: 'a step is red before anybody has tried it',
    file: 'labs/server/runs/runs.ts',
    replace: `result.verdict === 'fail' && current.attempts === 0`,
    with: 'false',
    red: {
      file: 'labs/server/runs/runs.test.ts',
      test: 'nothing is graded red before the learner has tried',
    },
  },
  {
    name: 'what could not be checked costs an attempt',
    file: 'labs/server/runs/runs.ts',
    replace: `result.verdict === 'cannot-tell' ? 0 : attempt`,
    with: 'attempt',
    red: {
      file: 'labs/server/runs/runs.test.ts',
      test: 'what could not be checked costs no attempt and names the command that helps',
    },
  },
  {
    name: 'old traces are told of again and again',
    file: 'labs/server/runs/watch.ts',
    replace: 'ids.filter((id) => !seen.has(id))',
    with: 'ids',
    red: {
      file: 'labs/server/runs/watch.test.ts',
      test: 'each new trace is told of once, and an API that fails is asked again',
    },
  },
  {
    name: 'what is in force counts as written before it is',
    file: 'labs/server/faults/leftovers.ts',
    replace: `      store.put('setting', SETTING, { primitives: all, at: now() });`,
    with: `      text = next;
      store.put('setting', SETTING, { primitives: all, at: now() });`,
    red: {
      file: 'labs/server/progress/full-disk.test.ts',
      test: 'what is in force is written at the next chance, when it could not be at the first',
    },
  },
  {
    name: 'a lab whose start could not be written leaves its fault on',
    file: 'labs/server/runs/runs.ts',
    replace: 'else await engine.offAll();',
    with: '',
    red: {
      file: 'labs/server/progress/full-disk.test.ts',
      test: 'a lab that could not be written has not started: its fault is off again',
    },
  },
  {
    name: 'damaged progress is found by the answer that meets it',
    file: 'labs/server/progress/file.ts',
    replace: '  if (isWhole) return;',
    with: '  if (isWhole || database.isOpen) return;',
    red: {
      file: 'labs/server/progress/file.test.ts',
      test: 'every page but the first overwritten: the start names the file and the remedy',
    },
  },
];
