import { inferredNode } from './inferred-segments.ts';
import type { Segment, ServiceId } from './vocabulary.ts';

/**
 * The service-map node a segment belongs to. Two segments are of the same service when name, type and account agree,
 * so a Lambda function, which sends two segments, makes two nodes of one name.
 */
export function serviceIdOf(segment: Segment): ServiceId {
  if (segment.inferred) {
    const { name, type } = inferredNode(segment);
    return { Name: name, Names: [name], Type: type };
  }
  const account = segment.origin === 'AWS::Lambda::Function' ? segment.aws?.account_id : undefined;
  return {
    Name: segment.name,
    Names: [segment.name],
    ...(typeof account === 'string' && account !== '' && { AccountId: account }),
    ...(segment.origin !== undefined && { Type: segment.origin }),
  };
}

/** Equal for two ids exactly when they name the same service. */
export const serviceKey = ({ Name, Type, AccountId }: ServiceId): string =>
  `${Name}\n${Type ?? ''}\n${AccountId ?? ''}`;
