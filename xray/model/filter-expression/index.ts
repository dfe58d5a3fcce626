export type { FilterExpression } from './expression.ts';
export { FilterSyntaxError } from './filter-syntax-error.ts';
export { parseEntitySelector, parseFilterExpression } from './parser.ts';
export { matchesFilter, groupsNamedIn, type FilterContext } from './matcher.ts';
export { suggestions, type Suggestion } from './suggest.ts';
