/** A filter expression, read: plain data that can be kept, sent and compared. */

export type ComparisonOperator =
  '=' | '!=' | '<' | '<=' | '>' | '>=' | 'CONTAINS' | 'BEGINSWITH' | 'ENDSWITH';

/** Which services are meant; members left out match anything. */
export interface ServiceSelector {
  name?: string;
  type?: string;
  accountId?: string;
}

export type FilterExpression =
  /** The empty expression, which every trace matches. */
  | { kind: 'everything' }
  | { kind: 'and'; terms: FilterExpression[] }
  | { kind: 'or'; terms: FilterExpression[] }
  | { kind: 'not'; term: FilterExpression }
  /** A boolean keyword: `fault`, `fault = true`, `ok != false`. */
  | { kind: 'flag'; keyword: string; expected: boolean }
  /** A keyword on its own: is it recorded at all? */
  | { kind: 'exists'; keyword: string }
  | { kind: 'compare'; keyword: string; operator: ComparisonOperator; value: string | number }
  | { kind: 'annotation'; key: string; comparison?: AnnotationComparison }
  | { kind: 'service'; selector: ServiceSelector; block?: FilterExpression }
  | { kind: 'edge'; from: ServiceSelector; to: ServiceSelector; block?: FilterExpression }
  /** Stands for the filter expression of a group, known by its name or its ARN. */
  | { kind: 'group'; by: 'name' | 'arn'; operator: '=' | '!='; value: string }
  | { kind: 'rootcause'; cause: RootCauseKind; part: RootCausePart; block: FilterExpression }
  | { kind: 'rootcause-json'; pattern: unknown[] };

export interface AnnotationComparison {
  operator: ComparisonOperator;
  value: string | number | boolean;
}

export type RootCauseKind = 'fault' | 'error' | 'responsetime';
export type RootCausePart = 'service' | 'entity' | 'exception';
