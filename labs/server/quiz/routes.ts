import { Router } from 'express';
import { z } from 'zod';
import { modes } from '@xray-lab/quiz';
import type { QuizAnswer } from '../contract.ts';
import { parse } from '../problem.ts';
import type { QuizControl } from './quiz.ts';

const quizStart = z.strictObject({
  mode: z.enum(modes).optional(),
  learner: z.string().min(1).max(100).optional(),
  seed: z.string().min(1).max(100).optional(),
});

const quizAnswer = z.strictObject({
  choices: z.array(z.string().min(1).max(100)).max(20).optional(),
  number: z.union([z.number(), z.string().max(200)]).optional(),
  evidence: z
    .strictObject({ traceId: z.string().max(200).optional(), segmentId: z.string().max(100).optional() })
    .optional(),
});

/** Quiz: list, start, look, answer, next, report. Looking at a live question begins to prepare it. */
export function quizRoutes(quiz: QuizControl): Router {
  const routes = Router();

  routes.get('/lab/quiz/attempts', (_request, response) => {
    response.json(quiz.list());
  });

  routes.post('/lab/quiz/attempts', (request, response) => {
    response.status(201).json(quiz.start(parse(quizStart, request.body ?? {})));
  });

  routes.get('/lab/quiz/attempts/:id', (request, response) => {
    response.json(quiz.view(request.params.id));
  });

  routes.post('/lab/quiz/attempts/:id/answer', (request, response) => {
    const answer = parse(quizAnswer, request.body ?? {}) as QuizAnswer;
    response.json(quiz.answer(request.params.id, answer));
  });

  routes.post('/lab/quiz/attempts/:id/next', (request, response) => {
    response.json(quiz.next(request.params.id));
  });

  routes.get('/lab/quiz/attempts/:id/report', (request, response) => {
    response.json(quiz.report(request.params.id));
  });

  return routes;
}
