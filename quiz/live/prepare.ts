import type { Trace } from '@xray-lab/xray/model';
import type { Random } from '../draw.ts';
import type { LiveGenerator, MeasuredQuestion } from './generator.ts';
import type { LiveLab } from './live-lab.ts';
import { isWhole } from './whole-trace.ts';

/** Fewer traces than this say too little. */
export const FEWEST_TRACES = 30;

const POLL_SECONDS = 1;
/** A window that is slow to fill is given this much longer. */
const PATIENCE_SECONDS = 45;

export interface Preparation {
  lab: LiveLab;
  generator: LiveGenerator;
  random: Random;
  /** Annotation `run` of the requests of this window. */
  nonce: string;
  /** Epoch seconds. */
  now(): number;
  wait(seconds: number): Promise<void>;
  progress(message: string, secondsLeft: number): void;
  signal?: AbortSignal;
}

/** A question that plan and traces agree on, or why there is none. */
export type Prepared = { question: MeasuredQuestion } | { refused: string };

/**
 * Runs the plan (fault, traffic, window), freezes the window and measures it. The question is handed out only when
 * there are enough traces and they show what the drawn parameters say. The fault is off again in any case.
 */
export async function prepareLive(preparation: Preparation): Promise<Prepared> {
  const { lab, generator, random, nonce, now } = preparation;
  const parameters = generator.draw(random);
  const startedAt = now();
  try {
    const traces = await runPlan(preparation, parameters, startedAt);
    if (traces.length < FEWEST_TRACES) {
      return { refused: `only ${traces.length} of ${FEWEST_TRACES} traces arrived` };
    }
    const observed = generator.observe(traces);
    const expected = generator.expect(parameters, traces);
    if (observed < expected.from || observed > expected.to) {
      return { refused: 'the traces do not show what was planned' };
    }
    const question = generator.measure(traces, nonce, random);
    return question ? { question } : { refused: 'these traces allow no clear question' };
  } finally {
    await lab.endWindow();
    await lab.setTraffic('calm');
    await lab.stopFaults();
  }
}

async function runPlan(
  { lab, generator, nonce, now, wait, progress, signal }: Preparation,
  parameters: Record<string, unknown>,
  startedAt: number,
): Promise<Trace[]> {
  progress('Something is being broken.', generator.windowSeconds + generator.settleSeconds);
  await lab.startFault(generator.fault, parameters);
  await lab.setTraffic('busy');
  await lab.beginWindow(nonce);

  const openedAt = now();
  let arrived = 0;
  for (;;) {
    signal?.throwIfAborted();
    const left = openedAt + generator.windowSeconds - now();
    progress(`Shoppers are buying: ${arrived} traces so far.`, Math.max(left, 0) + generator.settleSeconds);
    if (left <= 0 && arrived >= FEWEST_TRACES) break;
    if (left <= -PATIENCE_SECONDS) break;
    await wait(POLL_SECONDS);
    arrived = (await checkoutsOf(lab, nonce, startedAt, now())).length;
  }
  await lab.endWindow();

  for (let left = generator.settleSeconds; left > 0; left -= POLL_SECONDS) {
    signal?.throwIfAborted();
    progress('The last traces are arriving.', left);
    await wait(POLL_SECONDS);
  }
  const traces = await lab.reader.traces(await checkoutsOf(lab, nonce, startedAt, now()));
  return traces.filter(isWhole);
}

/** Ids of the checkouts of the window, whole or not. */
async function checkoutsOf(lab: LiveLab, nonce: string, start: number, end: number): Promise<string[]> {
  const summaries = await lab.reader.summaries({
    start: start - 1,
    end: end + 1,
    filter: `annotation.run = "${nonce}" AND http.method = "POST" AND http.url CONTAINS "/checkout"`,
  });
  return summaries.map((summary) => summary.Id);
}
