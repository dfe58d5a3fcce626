import type { Defect } from '../defect.ts';

/** How answers are graded and scored, and when a live question is asked. */
export const quiz: readonly Defect[] = [
  {
    name: 'wrong choices cost nothing',
    file: 'quiz/grade.ts',
    replace: 'Math.max(0, right - (choices.length - right)) / keys',
    with: 'right / keys',
    red: { file: 'quiz/check.test.ts', test: 'one of two with a wrong one earns nothing' },
  },
  {
    name: 'the answer to a live question is always right',
    file: 'quiz/grade.ts',
    replace: 'judged.correct ? ANSWER_SHARE : 0',
    with: 'ANSWER_SHARE',
    red: {
      file: 'quiz/live/generators.test.ts',
      test: 'the key with its evidence earns 1, the key alone 0.6, the evidence alone 0.4',
    },
  },
  {
    name: 'any segment is evidence',
    file: 'quiz/grade.ts',
    replace: 'if (!place.entityIds.includes(segmentId))',
    with: 'if (!segmentId)',
    red: {
      file: 'quiz/live/generators.test.ts',
      test: 'the key with its evidence earns 1, the key alone 0.6, the evidence alone 0.4',
    },
  },
  {
    name: 'half as much is close enough',
    file: 'quiz/live/generator.ts',
    replace: '0.05 * Math.abs(value)',
    with: '0.5 * Math.abs(value)',
    red: { file: 'quiz/live/generators.test.ts', test: '106 for 100 is not close enough' },
  },
  {
    name: 'a question is asked although plan and traces disagree',
    file: 'quiz/live/prepare.ts',
    replace: 'if (observed < expected.from || observed > expected.to)',
    with: 'if (false)',
    red: {
      file: 'quiz/live/generators.test.ts',
      test: 'a fault that does not act is noticed, and nothing is asked',
    },
  },
  {
    name: 'the fault of a live question stays on',
    file: 'quiz/live/prepare.ts',
    replace: '    await lab.stopFaults();',
    with: '',
    red: {
      file: 'quiz/live/generators.test.ts',
      test: 'the plan runs, is measured, and leaves the shop as it was',
    },
  },
  {
    name: 'a trace that is not whole is asked about',
    file: 'quiz/live/prepare.ts',
    replace: 'traces.filter(isWhole)',
    with: 'traces',
    red: {
      file: 'quiz/live/whole-trace.test.ts',
      test: 'traces without the segment of order are not, although they are not marked',
    },
  },
  {
    name: 'a segment id of 15 digits is graded',
    file: 'quiz/grade.ts',
    replace: `inForm('evidence.segmentId', readSegmentId(given.segmentId))`,
    with: 'given.segmentId',
    red: { file: 'quiz/engine.test.ts', test: 'a segment id of 15 digits is refused and spends nothing' },
  },
  {
    name: 'who is barely below the cut is ready',
    file: 'quiz/score.ts',
    replace: 'share - error >= cut',
    with: 'share + error >= cut',
    red: { file: 'quiz/engine.test.ts', test: '34 of 50 is borderline' },
  },
  {
    name: 'an answer counts before it is written',
    file: 'quiz/engine.ts',
    replace: '    keep(draft);\n    attempts.set(draft.id, draft);',
    with: '    attempts.set(draft.id, draft);\n    keep(draft);',
    red: {
      file: 'labs/server/progress/full-disk.test.ts',
      test: 'an answer to the quiz is refused with what is wrong, and counts when it is given again',
    },
  },
];
