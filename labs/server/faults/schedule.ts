import { createHash } from 'node:crypto';

/** A fault that comes and goes: on for about so long, off for about so long, and the same turns for the same seed. */
export interface Schedule {
  onSeconds: number;
  offSeconds: number;
  seed: number;
}

/** Each turn is this much shorter or longer at the most, so that nobody can set a clock by it. */
const SPREAD = 0.4;

/**
 * Whether it is its turn, so many seconds after it was switched on. It begins with a turn that is on, and is a pure
 * function of the seed: a lab process that restarts goes on in the same rhythm.
 */
export function isOnNow({ onSeconds, offSeconds, seed }: Schedule, seconds: number): boolean {
  let end = 0;
  for (let turn = 0; ; turn++) {
    const isOn = turn % 2 === 0;
    end += (isOn ? onSeconds : offSeconds) * (1 + SPREAD * (2 * fraction(seed, turn) - 1));
    if (seconds < end) return isOn;
  }
}

/** From 0 up to 1, for one turn of one seed. */
const fraction = (seed: number, turn: number) =>
  createHash('sha256').update(`${seed}/${turn}`).digest().readUInt32BE() / 2 ** 32;
