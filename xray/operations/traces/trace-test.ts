import type { DigestBlock } from '../../model/trace-digest/digest-block.ts';
import type { Trace } from '../../model/vocabulary.ts';

/** One question about traces, in the two forms in which it is asked. */
export interface TraceTest {
  /** Undefined: the digest cannot tell, the trace must be asked. */
  ofDigest(block: DigestBlock, slot: number): boolean | undefined;
  ofTrace(trace: Trace): boolean;
}
