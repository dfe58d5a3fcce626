/** Milliseconds that long work goes on before other requests, those that bring segments above all, get their turn. */
const turnMilliseconds = 6;

/** The turns of work that may be long; the first begins now. */
export interface Turns {
  isOver(): boolean;
  next(): Promise<void>;
}

/** Who waits for a turn, in the order of asking. */
const waiting: (() => void)[] = [];

/**
 * Turns for one piece of work. All work of the process shares one queue, and between any two turns whatever has arrived is
 * answered: with twenty long queries others wait for one turn, not for twenty.
 */
export function takingTurns(): Turns {
  let end = performance.now() + turnMilliseconds;
  return {
    isOver: () => performance.now() > end,
    async next() {
      await new Promise<void>((resolve) => {
        if (waiting.push(resolve) === 1) setImmediate(serve);
      });
      end = performance.now() + turnMilliseconds;
    },
  };
}

function serve(): void {
  waiting.shift()!();
  // In the next round of the event loop, after what has arrived.
  if (waiting.length > 0) setImmediate(serve);
}
