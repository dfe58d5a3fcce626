/**
 * The order of members in X-Ray's own documents, seen in every official sample: what a reader wants first comes
 * first, and the long list of subsegments last. Members not named here stand before `subsegments`.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-gettingdata.html
 */
const first = [
  'id',
  'name',
  'start_time',
  'end_time',
  'in_progress',
  'parent_id',
  'inferred',
  'fault',
  'error',
  'throttle',
  'http',
  'cause',
  'aws',
  'service',
  'annotations',
  'metadata',
  'namespace',
  'trace_id',
  'user',
  'origin',
  'resource_arn',
];

/** The same document with its members in X-Ray's order, its subsegments' too. */
export function processedDocument(document: object): Record<string, unknown> {
  const { subsegments, ...rest } = document as Record<string, unknown> & { subsegments?: object[] };
  const ordered: Record<string, unknown> = {};
  for (const key of first) if (key in rest) ordered[key] = rest[key];
  Object.assign(ordered, rest);
  if (subsegments?.length) ordered['subsegments'] = subsegments.map(processedDocument);
  return ordered;
}
