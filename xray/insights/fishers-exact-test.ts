/** Faults among requests. */
export interface Observation {
  faults: number;
  requests: number;
}

export const shareOf = ({ faults, requests }: Observation): number =>
  requests === 0 ? 0 : faults / requests;

/**
 * The chance to see at least as many faults as `observed`, were its requests drawn at random from the two samples
 * together: the one-sided exact test of Fisher. It needs no model of the baseline, and a baseline of few requests
 * proves little by itself: without one the answer is 1.
 */
export function chanceOfAtLeast(observed: Observation, baseline: Observation): number {
  const drawn = observed.requests;
  const all = drawn + baseline.requests;
  const faults = observed.faults + baseline.faults;
  const most = Math.min(drawn, faults);

  let term = Math.exp(
    logChoose(faults, observed.faults) +
      logChoose(all - faults, drawn - observed.faults) -
      logChoose(all, drawn),
  );
  let sum = term;
  for (let count = observed.faults; count < most && term > sum * 1e-12; count++) {
    term *= ((faults - count) * (drawn - count)) / ((count + 1) * (all - faults - drawn + count + 1));
    sum += term;
  }
  return Math.min(1, sum);
}

const logChoose = (n: number, k: number) => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

const logFactorials = [0];

/** ln n!: summed for small n, by Stirling's series from 256 on, where its error is below 1e-12. */
function logFactorial(n: number): number {
  if (n >= 256) {
    return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
  }
  for (let next = logFactorials.length; next <= n; next++) {
    logFactorials.push(logFactorials[next - 1]! + Math.log(next));
  }
  return logFactorials[n]!;
}
