import { invalidRequest } from '../../errors.ts';
import { FilterSyntaxError, parseFilterExpression, type FilterExpression } from '../../model/index.ts';

/** Parses a filter expression. Throws InvalidRequestException, with the place and the repair, for a wrong one. */
export function readFilter(text: string): FilterExpression {
  try {
    return parseFilterExpression(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw invalidRequest(error.message);
    throw error;
  }
}
