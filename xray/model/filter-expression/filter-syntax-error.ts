/** A filter expression that cannot be read: where it stops making sense, what was expected there, and the repair. */
export class FilterSyntaxError extends Error {
  override name = 'FilterSyntaxError';
  /** Offset of the first offending character, from 0. */
  position: number;
  /** How many characters are to blame; 0 at the end of the text. */
  length: number;
  /** What could have stood there, e.g. `AND`, `a number`. */
  expected: readonly string[];

  constructor(message: string, place: { position: number; length: number; expected: readonly string[] }) {
    super(message);
    this.position = place.position;
    this.length = place.length;
    this.expected = place.expected;
  }
}
