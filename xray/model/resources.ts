/** Where a trace ran: the ARNs, instances and zones its segments mention. */
import type { Segment, Trace } from './vocabulary.ts';

/** ARNs in `resource_arn` and in the `aws` block; log groups are not counted as resources. */
export const resourceArns = (trace: Trace): string[] => distinct(trace.segments, arnsOf);

export const instanceIds = (trace: Trace): string[] => distinct(trace.segments, instanceIdsOf);

export const availabilityZones = (trace: Trace): string[] => distinct(trace.segments, availabilityZonesOf);

export function arnsOf({ resource_arn, aws }: Segment): string[] {
  const arns: string[] = [];
  const add = (value: unknown) => {
    if (typeof value === 'string' && value.startsWith('arn:')) arns.push(value);
  };
  add(resource_arn);
  if (!isBlock(aws)) return arns;
  for (const key in aws) add(aws[key]);
  for (const key in aws) {
    const inner = aws[key];
    if (key === 'cloudwatch_logs' || !isBlock(inner)) continue;
    for (const member in inner) add(inner[member]);
  }
  return arns;
}

export const instanceIdsOf = ({ aws }: Segment): string[] => textIn(aws, 'ec2', 'instance_id');

/** EC2's plugin writes the zone into `aws.ec2`, OpenTelemetry on Fargate into `aws.ecs`. */
export const availabilityZonesOf = ({ aws }: Segment): string[] => [
  ...textIn(aws, 'ec2', 'availability_zone'),
  ...textIn(aws, 'ecs', 'availability_zone'),
];

/** The account a segment says it ran in. */
export const accountIdOf = ({ aws }: Segment): string | undefined =>
  typeof aws?.account_id === 'string' && aws.account_id !== '' ? aws.account_id : undefined;

function textIn(aws: Segment['aws'], block: string, member: string): string[] {
  const inner = aws?.[block];
  const value = isBlock(inner) ? inner[member] : undefined;
  return typeof value === 'string' && value !== '' ? [value] : [];
}

const isBlock = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function distinct(segments: readonly Segment[], read: (segment: Segment) => string[]): string[] {
  const found = new Set<string>();
  for (const segment of segments) for (const text of read(segment)) found.add(text);
  return [...found];
}
