import { createHash } from 'node:crypto';
import { z } from 'zod';
import { invalidRequest } from '../../errors.ts';
import { groupsNamedIn, matchesFilter, type FilterExpression } from '../../model/index.ts';
import { filterSteps } from '../../model/filter-expression/matcher.ts';
import { digestFilter } from '../../model/filter-expression/digest-matcher.ts';
import type { Trace } from '../../model/vocabulary.ts';
import type { StoredGroup } from '../../store/store.ts';
import type { OperationContext } from '../operation.ts';
import { resourceName } from '../shapes.ts';
import { readFilter } from '../traces/read-filter.ts';
import type { TraceTest } from '../traces/trace-test.ts';

/** The built-in group, which holds every trace. */
export const defaultGroupName = 'Default';

export const groupName = resourceName;

/** The members by which most operations name a group. */
export const groupReference = {
  GroupName: groupName.optional(),
  GroupARN: z.string().min(1).max(400).optional(),
} as const;

export const insightsConfiguration = z.object({
  InsightsEnabled: z.boolean().optional(),
  NotificationsEnabled: z.boolean().optional(),
});

/** `<UniqueID>` has the look of AWS's: 52 characters of base 32. */
export function groupArn({ region, accountId }: OperationContext, name: string, createdAt: number): string {
  const prefix = `arn:aws:xray:${region}:${accountId}:group/${name}`;
  const hash = createHash('sha256').update(`${prefix}/${createdAt}`).digest();
  const bits = Array.from(hash, (byte) => byte.toString(2).padStart(8, '0')).join('');
  const digits = Array.from({ length: 52 }, (_, index) => parseInt(bits.slice(5 * index, 5 * index + 5), 2));
  return `${prefix}/${digits.map((digit) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[digit]).join('')}`;
}

/** Every group, `Default` first, the others by name. */
export function allGroups(context: OperationContext): StoredGroup[] {
  const stored = context.store.groups.list();
  const custom = stored.filter(({ name }) => name !== defaultGroupName);
  return [stored.find(({ name }) => name === defaultGroupName) ?? untouchedDefault(context), ...custom];
}

/** The group of that name or ARN. Throws InvalidRequestException for an unknown one. */
export function knownGroup(context: OperationContext, nameOrArn: string): StoredGroup {
  const found = allGroups(context).find(({ name, arn }) => name === nameOrArn || arn === nameOrArn);
  if (!found) throw invalidRequest(`Group ${nameOrArn} does not exist.`);
  return found;
}

/** The members by which a caller names a group: one of them, or both if they name the same. */
export interface GroupReference {
  GroupName?: string | undefined;
  GroupARN?: string | undefined;
}

/**
 * The group that a request is about; undefined when it is about none. Every operation acts on the group that this finds, so that
 * a policy is asked about the same one.
 */
export function findGroup(
  context: OperationContext,
  { GroupName, GroupARN }: GroupReference,
): StoredGroup | undefined {
  if (GroupName === undefined && GroupARN === undefined) return undefined;
  return allGroups(context).find(
    ({ name, arn }) =>
      (GroupName === undefined || name === GroupName) && (GroupARN === undefined || arn === GroupARN),
  );
}

/**
 * The group a caller named, by name, by ARN or by both, as the AWS CLI's examples for update-group and delete-group
 * do. Throws InvalidRequestException unless what was given names one known group.
 */
export function groupNamedBy(context: OperationContext, reference: GroupReference): StoredGroup {
  const { GroupName, GroupARN } = reference;
  if (GroupName === undefined && GroupARN === undefined) {
    throw invalidRequest('Name the group by GroupName or by GroupARN.');
  }
  const found = findGroup(context, reference);
  if (found) return found;
  if (GroupName !== undefined && GroupARN !== undefined) {
    throw invalidRequest(`No group has both the GroupName ${GroupName} and the GroupARN ${GroupARN}.`);
  }
  throw invalidRequest(`Group ${GroupName ?? GroupARN} does not exist.`);
}

/**
 * Throws InvalidRequestException for a filter expression a group cannot have. AWS does not say whether a group's
 * filter may name groups; here it may not, so that no filter leads back to itself.
 */
export function checkGroupFilter(expression: string): void {
  const [named] = groupsNamedIn(readFilter(expression));
  if (named !== undefined) {
    throw invalidRequest(
      `The filter expression of a group cannot name a group, and this one names ${named}.`,
    );
  }
}

/** Whether insights and their notifications are on, when `wanted` is asked of what was. */
export function insightsAfter(
  before: Pick<StoredGroup, 'insightsEnabled' | 'notificationsEnabled'>,
  wanted: z.output<typeof insightsConfiguration> = {},
): Pick<StoredGroup, 'insightsEnabled' | 'notificationsEnabled'> {
  const insightsEnabled = wanted.InsightsEnabled ?? before.insightsEnabled;
  if (wanted.NotificationsEnabled && !insightsEnabled) {
    throw invalidRequest('NotificationsEnabled needs InsightsEnabled to be true.');
  }
  const notificationsEnabled = wanted.NotificationsEnabled ?? before.notificationsEnabled;
  return { insightsEnabled, notificationsEnabled: insightsEnabled && notificationsEnabled };
}

const currentExpression = ({ filters }: StoredGroup) => filters.at(-1)!.expression;

export const currentFilter = (group: StoredGroup): FilterExpression => readFilter(currentExpression(group));

/** The test whether a trace counts for a group. A filter counts for traces that started while it was in force. */
export function groupTest({ filters }: StoredGroup): TraceTest {
  const versions = filters.map(({ expression, since }) => {
    const filter = readFilter(expression);
    return { filter, ofDigest: digestFilter(filter), traceSteps: filterSteps(filter), since };
  });
  // Traces older than the group count as if it had been there. AWS has nothing for them.
  const versionAt = (startTime: number) =>
    versions.findLast(({ since }) => since <= startTime) ?? versions[0]!;
  return {
    ofDigest: (block, slot) => versionAt(block.startTime[slot]!).ofDigest(block, slot),
    digestSteps: (block, slot) => versionAt(block.startTime[slot]!).ofDigest.inSteps(block, slot),
    ofTrace: (trace) => matchesFilter(versionAt(trace.startTime).filter, trace),
    traceSteps: (trace) => versionAt(trace.startTime).traceSteps(trace),
  };
}

/** The same for traces in full. */
export const groupMembership = (group: StoredGroup): ((trace: Trace) => boolean) => groupTest(group).ofTrace;

/** Whether a group's filter was changed in the window `[start, end)`, so that traces were counted by an old one. */
export const changedWithin = ({ filters }: StoredGroup, start: number, end: number): boolean =>
  filters.slice(1).some(({ since }) => since >= start && since < end);

function untouchedDefault(context: OperationContext): StoredGroup {
  return {
    name: defaultGroupName,
    arn: groupArn(context, defaultGroupName, 0),
    filters: [{ expression: '', since: 0 }],
    insightsEnabled: false,
    notificationsEnabled: false,
  };
}

/** The wire shape, `Group` and `GroupSummary` alike. */
export const wireGroup = (group: StoredGroup) => ({
  GroupName: group.name,
  GroupARN: group.arn,
  FilterExpression: currentExpression(group),
  InsightsConfiguration: {
    InsightsEnabled: group.insightsEnabled,
    NotificationsEnabled: group.notificationsEnabled,
  },
});
