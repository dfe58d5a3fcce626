import { rm } from 'node:fs/promises';
import { Router } from 'express';
import type { ResetReport } from './contract.ts';
import type { FaultEngine } from './faults/engine.ts';
import type { Processes } from './processes.ts';
import type { QuizControl } from './quiz/quiz.ts';
import { usualTraffic, type LabRuns } from './runs/runs.ts';
import type { TrafficControl } from './traffic.ts';

export interface ResetOptions {
  engine: FaultEngine;
  traffic: TrafficControl;
  runs: LabRuns;
  quiz: QuizControl;
  processes: Processes;
  /** The X-Ray API's database. */
  xrayStore: string;
  /** Called when an empty X-Ray API is running again, which has no sampling rules. */
  emptied(): void;
}

/**
 * The lab as on its first day: no faults, calm traffic, the shop's files restored (edits are put away), no progress, no traces. Traces are
 * the X-Ray API's own, so its process is stopped, its database removed, and the process started again.
 */
export async function reset(options: ResetOptions): Promise<ResetReport> {
  const { engine, traffic, runs, quiz } = options;
  const quizAttemptsForgotten = await quiz.replace([]);
  const faultsStopped = await engine.offAll();
  traffic.setProfile(usualTraffic);
  const { labs, files, kept } = await runs.forget();
  const traces = await forgetTraces(options);
  return {
    faultsStopped,
    filesRestored: files,
    editsKept: kept,
    labsForgotten: labs,
    quizAttemptsForgotten,
    ...traces,
  };
}

async function forgetTraces({
  processes,
  xrayStore,
  emptied,
}: ResetOptions): Promise<Pick<ResetReport, 'tracesForgotten' | 'reason'>> {
  try {
    await processes.act('xray-api', 'stop');
  } catch (error) {
    return { tracesForgotten: false, reason: `xray-api could not be stopped: ${(error as Error).message}` };
  }
  try {
    for (const suffix of ['', '-wal', '-shm']) await rm(`${xrayStore}${suffix}`, { force: true });
  } finally {
    await processes.act('xray-api', 'start');
  }
  emptied();
  return { tracesForgotten: true };
}

/** Everything back to the first day. */
export function resetRoutes(options: ResetOptions): Router {
  const routes = Router();
  routes.post('/lab/reset', async (_request, response) => {
    response.json(await reset(options));
  });
  return routes;
}
