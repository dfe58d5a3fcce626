import type { Steps } from '../../model/filter-expression/steps.ts';
import type { DigestBlock } from '../../model/trace-digest/digest-block.ts';
import type { Trace } from '../../model/vocabulary.ts';
import type { Turns } from '../../turns.ts';

/** One question about traces, in the two forms in which it is asked. */
export interface TraceTest {
  /** Undefined: the digest cannot tell, the trace must be asked. */
  ofDigest(block: DigestBlock, slot: number): boolean | undefined;
  ofTrace(trace: Trace): boolean;
  /** The same two in steps, where the question and the trace are long together; otherwise undefined. */
  digestSteps(block: DigestBlock, slot: number): Steps<boolean | undefined> | undefined;
  traceSteps(trace: Trace): Steps<boolean> | undefined;
}

/** The answer to a question asked in steps, in turns with others. */
export async function answerIn<Answer>(steps: Steps<Answer>, turns: Turns): Promise<Answer> {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (turns.isOver()) await turns.next();
  }
}
