import type { InsightNotice } from './watch.ts';

/**
 * The log line for an insight's event: members and text. Where the group's notifications are on, the members are those
 * of the event that AWS sends to EventBridge, which is not here.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-console-insights.html
 */
export function insightNotice({ kind, insight, notificationsEnabled }: InsightNotice): [object, string] {
  const { id, groupName, groupArn, rootCause, summary, endTime } = insight;
  const members = { insight: id, group: groupName, rootCause: rootCause.Name, summary };
  if (!notificationsEnabled) return [members, `insight ${kind}`];
  const event = {
    source: 'aws.xray',
    'detail-type': 'AWS X-Ray Insight Update',
    resources: [groupArn],
    detail: {
      InsightId: id,
      GroupName: groupName,
      State: endTime === undefined ? 'ACTIVE' : 'CLOSED',
      Category: 'FAULT',
    },
  };
  return [{ ...members, event }, `insight ${kind}: no EventBridge here, this is its event`];
}
