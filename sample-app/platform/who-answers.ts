/**
 * The word that the supervisor gave this process at its start, as a header of its health check: so the supervisor knows that it is this
 * process that answers, and not another program on its port. Empty where nobody gave one.
 */
export const whoAnswers = (): Record<string, string> => {
  const word = process.env.LAB_PROCESS_WORD;
  return word ? { 'x-lab-process': word } : {};
};
