const TrueDate = Date;

/** Makes this process's clock fast by so many seconds, slow when below zero, right again with 0. Timers keep their pace. */
export function setClockAhead(seconds: number): void {
  globalThis.Date = seconds === 0 ? TrueDate : skewedDate(seconds * 1000);
}

const skewedDate = (milliseconds: number): DateConstructor =>
  class extends TrueDate {
    constructor(...given: unknown[]) {
      super(...((given.length === 0 ? [TrueDate.now() + milliseconds] : given) as []));
    }

    static override now(): number {
      return TrueDate.now() + milliseconds;
    }
  } as unknown as DateConstructor;
