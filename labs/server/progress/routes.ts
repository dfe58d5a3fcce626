import { constants } from 'node:buffer';
import { Router, type Response } from 'express';
import { z } from 'zod';
import { modes, type AttemptState } from '@xray-lab/quiz';
import { listOf, takingTurns } from '@xray-lab/xray/json';
import type { Progress } from '../contract.ts';
import { bytesOfJson, readFile } from '../body.ts';
import { badRequest, parse } from '../problem.ts';
import type { QuizControl } from '../quiz/quiz.ts';
import type { LabRuns, StoredRun } from '../runs/runs.ts';
import type { ProgressStore } from './store.ts';

/** Bytes of an imported file. An export is made as one string, which can't be longer: there is none that is refused for its size. */
const fileLimit = constants.MAX_STRING_LENGTH;

const id = z.string().min(1).max(100);

const checkResult = z.strictObject({
  verdict: z.enum(['pass', 'fail', 'cannot-tell']),
  why: z.string(),
  lookedFor: z.string(),
  found: z.string(),
  traceIds: listOf(z.string()),
  remedy: z.string().optional(),
  checkedAt: z.number(),
});

const step = z.strictObject({
  id,
  state: z.enum(['waiting', 'passed', 'not-yet', 'could-not-check', 'skipped']),
  attempts: z.number().int().min(0),
  hintsShown: z.number().int().min(0),
  solutionShown: z.boolean(),
  last: checkResult.optional(),
});

const question = z.strictObject({
  stem: z.string(),
  answerLabel: z.string(),
  key: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('choice'), choices: listOf(z.string()), correct: z.string() }),
    z.strictObject({ kind: z.literal('number'), value: z.number(), unit: z.string() }),
  ]),
  evidenceLabel: z.string(),
  evidence: listOf(z.strictObject({ traceId: z.string(), entityIds: listOf(z.string()) })),
  lead: z.string(),
  query: z.string(),
  explanation: z.string(),
  misreadings: listOf(z.strictObject({ value: z.number(), why: z.string() })),
});

const quizItem = z.strictObject({
  id,
  kind: z.enum(['fact', 'live']),
  order: listOf(z.number().int().min(0)).optional(),
  question: question.optional(),
  tries: z.number().int().min(0).optional(),
  verdict: z.looseObject({ id, correct: z.boolean(), score: z.number().min(0).max(1) }).optional(),
});

const quizAttempt = z
  .strictObject({
    id,
    learner: z.string().max(100),
    mode: z.enum(modes),
    seed: z.string().min(1).max(100),
    startedAt: z.number(),
    at: z.number().int().min(0),
    items: listOf(quizItem),
    dropped: listOf(z.strictObject({ id, why: z.string() })),
  })
  .refine(({ at, items }) => at <= items.length, {
    path: ['at'],
    error: 'must be at most the number of items',
  });

const storedLab = z.strictObject({
  id,
  startedAt: z.number().optional(),
  nonce: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  steps: listOf(step),
});

const storedAttempt = z
  .strictObject({ id, updatedAt: z.number(), state: quizAttempt })
  .refine((attempt) => attempt.id === attempt.state.id, {
    path: ['state', 'id'],
    error: 'must be the id of the attempt',
  });

/** A progress file without what is in its lists, which are read item by item. */
const progressFile = z.strictObject({
  format: z.literal('xray-lab-progress', 'This is not a progress file of X-Ray Lab.'),
  version: z.literal(1, 'This file was written by another version of X-Ray Lab.'),
  exportedAt: z.number(),
  labs: z.tuple([]),
  quiz: z.tuple([]),
});

const lists = ['labs', 'quiz'];

interface ProgressFile {
  labs: z.output<typeof storedLab>[];
  quiz: z.output<typeof storedAttempt>[];
}

/** Reads a whole file before anything of it counts. Throws a ProblemError that names the place. */
async function readProgress(body: unknown): Promise<ProgressFile> {
  const bytes = Buffer.isBuffer(body) && body.length > 0 ? body : Buffer.from('{}');
  // First what the file says it is: another program's has other items.
  parse(progressFile, await readFile(bytes, lists));
  const file: ProgressFile = { labs: [], quiz: [] };
  const known = new Set<string>();
  await readFile(bytes, lists, (list, index, item) => {
    const place = `${list}.${index}`;
    if (list === 'labs') file.labs.push(parse(storedLab, item, place));
    else file.quiz.push(parse(storedAttempt, item, place));
    const { id } = (list === 'labs' ? file.labs : file.quiz)[index]!;
    if (known.has(`${list} ${id}`))
      throw badRequest(`${place}.id`, `${place}.id: "${id}" is there twice; each must have its own.`);
    known.add(`${list} ${id}`);
  });
  return file;
}

/** Progress as one file: to keep, or to carry to another machine. What is taken in replaces what was there. */
export function progressRoutes(
  store: ProgressStore,
  quiz: QuizControl,
  runs: LabRuns,
  now: () => number,
): Router {
  const routes = Router();

  /** Written attempt by attempt, in turns with other requests: there may be hundreds, with all that was answered. */
  async function sendExport(response: Response): Promise<void> {
    const turns = takingTurns();
    const file: Progress = {
      format: 'xray-lab-progress',
      version: 1,
      exportedAt: now(),
      labs: store.all('lab').map(({ id: lab, value }) => ({ id: lab, ...(value as StoredRun) })),
      quiz: [],
    };
    response.type('json').write(JSON.stringify(file).replace(/\]\}$/, ''));
    let comma = '';
    for (const attempt of quiz.exported()) {
      response.write(`${comma}${JSON.stringify(attempt)}`);
      comma = ',';
      if (turns.isOver()) await turns.next();
    }
    response.end(']}');
  }

  routes.get('/lab/progress', (_request, response) => sendExport(response));

  routes.put('/lab/progress', bytesOfJson(fileLimit), async (request, response) => {
    const file = await readProgress(request.body);
    // The schema is AttemptState's; only `undefined` in optional members tells the two types apart.
    await quiz.replace(
      file.quiz.map(({ state }) => state as unknown as AttemptState),
      () => {
        store.clear('lab');
        for (const { id: lab, ...run } of file.labs) store.put('lab', lab, run);
      },
    );
    runs.announce();
    await takingTurns().next();
    await sendExport(response);
  });

  return routes;
}
