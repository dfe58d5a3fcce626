import { invalidRequest } from '../../errors.ts';
import {
  type FilterExpression,
  FilterSyntaxError,
  parseEntitySelector,
} from '../../model/filter-expression/index.ts';
import type { EntitySelection } from '../../model/time-series.ts';

/**
 * Reads an EntitySelectorExpression: `service(…)`, `edge(…)` and `id(…)`, joined by AND and OR. Throws
 * InvalidRequestException, with the repair, for anything else a filter expression may hold.
 * https://docs.aws.amazon.com/xray/latest/api/API_GetTimeSeriesServiceStatistics.html
 */
export function readEntitySelector(text: string): EntitySelection {
  let expression: FilterExpression;
  try {
    expression = parseEntitySelector(text);
  } catch (error) {
    if (error instanceof FilterSyntaxError) throw invalidRequest(error.message);
    throw error;
  }
  return selectionOf(expression);
}

function selectionOf(expression: FilterExpression): EntitySelection {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return { kind: expression.kind, terms: expression.terms.map(selectionOf) };
    case 'service':
    case 'edge': {
      const { block, ...selection } = expression;
      if (block === undefined) return selection;
      throw refusal(`a condition in the braces of ${expression.kind}(…)`);
    }
    default:
      throw refusal(described(expression));
  }
}

const refusal = (what: string) =>
  invalidRequest(
    `EntitySelectorExpression selects with service(…), edge(…) and id(…), joined by AND and OR, but holds ${what}. ` +
      'To count only some traces, make a group with that filter and name it in GroupName.',
  );

function described(expression: FilterExpression): string {
  switch (expression.kind) {
    case 'everything':
      return 'nothing';
    case 'not':
      return '! or NOT';
    case 'annotation':
      return `annotation.${expression.key}`;
    case 'flag':
    case 'exists':
    case 'compare':
      return expression.keyword;
    case 'group':
      return 'a group';
    default:
      return 'rootcause';
  }
}
