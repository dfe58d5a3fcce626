import type { Engine } from './engine.ts';
import { answerOf, parseObject } from './messages.ts';

/** DynamoDB's limit to the length of an expression, in bytes. */
const MAX_EXPRESSION_BYTES = 4096;

/**
 * dynalite's parser looks at what stands in parentheses again for every way to read them: five times for each pair around it.
 * So many characters, counted as often as they are looked at, take it some 50 ms; expressions of a page in a few levels take more
 * than a day.
 */
const MAX_LOOKS = 100_000;
const looksPerLevel = 5;

const members = [
  'ConditionExpression',
  'FilterExpression',
  'KeyConditionExpression',
  'ProjectionExpression',
  'UpdateExpression',
];

/** The same engine, for expressions that it reads in a moment. Others are refused before it sees them. */
export const withBoundedExpressions =
  (engine: Engine): Engine =>
  async (request) => {
    if (!request.body.includes('Expression"')) return engine(request);
    const input = parseObject<Record<string, unknown>>(request.body) ?? {};
    // A batch has them beside each table's keys; a transaction's actions come here one by one.
    const places = [input, ...Object.values((input['RequestItems'] ?? {}) as object)];
    for (const place of places as Record<string, unknown>[]) {
      for (const name of members) {
        const expression = place?.[name];
        const wrong = typeof expression === 'string' ? whatIsWrong(expression) : undefined;
        if (wrong !== undefined) {
          return answerOf(400, {
            __type: 'com.amazon.coral.validate#ValidationException',
            message: `Invalid ${name}: ${wrong}`,
          });
        }
      }
    }
    return engine(request);
  };

/** The first sentence is DynamoDB's, the second ours. */
function whatIsWrong(expression: string): string | undefined {
  const size = Buffer.byteLength(expression);
  if (size > MAX_EXPRESSION_BYTES) {
    return `Expression size has exceeded the maximum allowed size; expression size: ${size}`;
  }
  return looksAt(expression) > MAX_LOOKS
    ? 'Its parentheses nest deeper than this local DynamoDB can read at that length; write it with fewer of them'
    : undefined;
}

function looksAt(expression: string): number {
  let looks = 0;
  let each = 1;
  for (const sign of expression) {
    if (sign === '(') each *= looksPerLevel;
    looks += each;
    if (sign === ')') each = Math.max(1, each / looksPerLevel);
  }
  return looks;
}
