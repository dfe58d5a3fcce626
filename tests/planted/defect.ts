/**
 * A defect somebody could write, and the test that exists to notice it. The suite of planted defects plants each in turn
 * and runs that one test, which must be green without the defect and red with it.
 */
export interface Defect {
  /** What is wrong then, as a sentence. */
  name: string;
  /** The source file, from the root of the repository. */
  file: string;
  /** A piece of its text that stands in it exactly once, and what stands there instead. */
  replace: string;
  with: string;
  /** The test that must go red: its file, and its own whole name. `'?'` for the name: the suite says which ones do. */
  red: { file: string; test: string };
}
