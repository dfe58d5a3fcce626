import type { Lab, Step } from './types.ts';

/** A lab's definition is wrong. The message names the file, the cause and the next step. */
export class LabDefinitionError extends Error {}

/**
 * Checks a lab's definition and returns it unchanged. Throws `LabDefinitionError` at import time, so that a
 * broken lab is seen by its author and never by a learner.
 */
export function defineLab<const Definition extends Lab>(lab: Definition): Definition {
  const problem = firstProblem(lab);
  if (problem) throw new LabDefinitionError(`labs/${lab.id}/lab.ts: ${problem}`);
  return lab;
}

function firstProblem(lab: Lab): string | undefined {
  if (!/^\d\d-[a-z0-9]+(-[a-z0-9]+)*$/.test(lab.id)) {
    return `id "${lab.id}" is not NN-name in small letters. Name it after its folder.`;
  }
  if (lab.steps.length === 0) return 'there are no steps. Add one to "steps".';
  const repeated = firstRepeated(lab.steps.map((step) => step.id));
  if (repeated) return `two steps are called "${repeated}". Give each its own id.`;
  if (lab.maps.c02.length === 0 || lab.maps.c03.length === 0) {
    return 'no exam objective. Fill "maps.c02" and "maps.c03".';
  }
  for (const step of lab.steps) {
    const problem = stepProblem(step);
    if (problem) return `step "${step.id}" ${problem}`;
  }
  const points = lab.steps.reduce((sum, step) => sum + step.points, 0);
  if (points !== 100) return `the steps are worth ${points} points together. Make it 100.`;
  return undefined;
}

/** The types say most of this; a lab may come from somewhere that did not ask the compiler. */
function stepProblem(step: Step): string | undefined {
  if (typeof step.check !== 'function') return 'has no check. Add a function "check".';
  if (!(step.points > 0)) return `is worth ${step.points} points. Give it at least 1.`;
  if (step.hints.length !== 3)
    return `has ${step.hints.length} hints. Write three: idea, where to look, which field.`;
  if (step.hints.some((hint) => !hint.trim())) return 'has an empty hint. Write it.';
  if (!step.goal.trim()) return 'has no goal. Say in a sentence what to reach.';
  if (!step.solution.trim()) return 'has no solution. Write what a learner would do.';
  if (step.kind === 'do' && step.answer) return 'is of kind "do" and has an answer form. Remove one of them.';
  if (step.kind === 'answer' && !step.answer) return 'asks for an answer without a form. Add "answer".';
  if (step.answer?.type === 'choice' && (step.answer.choices?.length ?? 0) < 2) {
    return 'asks for a choice of fewer than two. Add "answer.choices".';
  }
  return undefined;
}

const firstRepeated = (ids: readonly string[]) => ids.find((id, index) => ids.indexOf(id) !== index);
