/**
 * A trace as OpenTelemetry spans, in OTLP's JSON encoding: one span per segment and subsegment.
 *
 * AWS does not publish how it makes them. The rules here are those of OpenTelemetry's own X-Ray receiver, which turns the
 * documents of X-Ray's SDKs into spans, with the attribute names of the receiver's counterpart, the X-Ray exporter, so that
 * a span sent back through that becomes the segment it was:
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/receiver/awsxrayreceiver/internal/translator
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/awsxrayexporter
 * The encoding: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
import { isCall } from './inferred-segments.ts';
import { flagsOf } from './status.ts';
import type {
  Cause,
  Entity,
  Exception,
  Segment,
  Sql,
  Subsegment,
  Trace,
  TraceId,
  TraceLink,
} from './vocabulary.ts';
import { forEachEntity } from './walk.ts';

/** OTLP's AnyValue, as far as segments need it. Whole numbers of 64 bits are text in JSON. */
export type OtelValue =
  | { stringValue: string }
  | { intValue: string }
  | { doubleValue: number }
  | { boolValue: boolean }
  | { arrayValue: { values: OtelValue[] } };

export interface OtelAttribute {
  key: string;
  value: OtelValue;
}

/** SPAN_KIND_INTERNAL, _SERVER, _CLIENT. */
export type OtelKind = 1 | 2 | 3;

export interface OtelSpan {
  /** What sent it. In OTLP it stands around the spans it has in common; here each span brings its own. */
  resource: { attributes: OtelAttribute[] };
  scope: { name: string; version?: string };
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: OtelKind;
  /** Nanoseconds since the epoch, as text. */
  startTimeUnixNano: string;
  /** Equal to the start while it is in progress. */
  endTimeUnixNano: string;
  attributes: OtelAttribute[];
  events: { timeUnixNano: string; name: 'exception'; attributes: OtelAttribute[] }[];
  links: { traceId: string; spanId: string; attributes: OtelAttribute[] }[];
  /** STATUS_CODE_UNSET or _ERROR: X-Ray knows no "ok" that somebody decided on. */
  status: { code: 0 | 2; message?: string };
}

/**
 * The spans of a trace: each segment, then what is inside it, outer before inner. Inferred segments have none: they repeat
 * the call they were inferred from, which is a span of kind client.
 */
export function otelSpans(trace: Trace): OtelSpan[] {
  const spans: OtelSpan[] = [];
  for (const segment of trace.segments) {
    if (!segment.inferred) addSpans(spans, segment, segment, trace.id);
  }
  for (const subsegment of trace.unattached) addSpans(spans, subsegment, undefined, trace.id);
  return spans;
}

/** @param segment what the entity belongs to; undefined while that has not arrived */
function addSpans(
  spans: OtelSpan[],
  top: Segment | Subsegment,
  segment: Segment | undefined,
  id: TraceId,
): void {
  const resource = { attributes: segment ? resourceOf(segment) : [] };
  const scope = scopeOf(segment);
  const traceId = otelTraceId(id);
  const parents = new Map<Entity, string>();
  forEachEntity(top, (entity) => {
    for (const inner of entity.subsegments ?? []) parents.set(inner, entity.id);
    const parentSpanId = parents.get(entity) ?? (entity === top ? top.parent_id : undefined);
    const { start_time, end_time = start_time } = entity;
    spans.push({
      resource,
      scope,
      traceId,
      spanId: entity.id,
      ...(parentSpanId !== undefined && { parentSpanId }),
      name: entity.name,
      kind: kindOf(entity, entity === segment),
      startTimeUnixNano: nanoseconds(start_time),
      endTimeUnixNano: nanoseconds(Math.max(start_time, end_time)),
      attributes: attributesOf(entity),
      events: exceptionsOf(entity.cause).map((exception) => ({
        timeUnixNano: nanoseconds(end_time),
        name: 'exception',
        attributes: exceptionAttributes(exception),
      })),
      links: entity === segment ? (segment.links ?? []).map(linkOf) : [],
      status: statusOf(entity),
    });
  });
}

/** `1-58406520-a006649127e371903a2de979` → `58406520a006649127e371903a2de979`. */
export const otelTraceId = (id: TraceId): string => id.slice(2).replace('-', '').toLowerCase();

function kindOf(entity: Entity, isSegment: boolean): OtelKind {
  if (isSegment) return 2;
  return isCall(entity) ? 3 : 1;
}

/** X-Ray's times are seconds in double precision, good to some tenths of a microsecond: no digit is made up below. */
function nanoseconds(seconds: number): string {
  const micro = Math.round(seconds * 1e6);
  return (BigInt(micro) * 1000n).toString();
}

function statusOf(entity: Entity): OtelSpan['status'] {
  const { error, throttle, fault } = flagsOf(entity);
  if (!error && !throttle && !fault) return { code: 0 };
  const message = exceptionsOf(entity.cause)[0]?.message;
  return { code: 2, ...(message !== undefined && { message }) };
}

/** An id in place of a cause points to an exception that another span has. */
const exceptionsOf = (cause: Cause | string | undefined): readonly Exception[] =>
  typeof cause === 'object' && Array.isArray(cause.exceptions) ? cause.exceptions : [];

function exceptionAttributes(exception: Exception): OtelAttribute[] {
  return attributes({
    'exception.type': exception.type,
    'exception.message': exception.message,
    'exception.stacktrace': exception.stack?.length ? stacktrace(exception) : undefined,
    'aws.xray.exception.id': exception.id,
    'aws.xray.exception.remote': exception.remote,
    'aws.xray.exception.truncated': exception.truncated,
    'aws.xray.exception.skipped': exception.skipped,
    'aws.xray.exception.cause': exception.cause,
  });
}

function stacktrace({ type = '', message = '', stack = [] }: Exception): string {
  const frames = stack.map(
    ({ label = '', path = '', line }) => `\tat ${label}(${path}: ${line ?? '<unknown>'})\n`,
  );
  return `${type}: ${message}\n${frames.join('')}`;
}

function linkOf({ trace_id, id, attributes: own = {} }: TraceLink): OtelSpan['links'][number] {
  return { traceId: otelTraceId(trace_id), spanId: id, attributes: attributes(own) };
}

/** What a service says of itself and of where it runs. */
function resourceOf(segment: Segment): OtelAttribute[] {
  const { aws, service, origin, resource_arn } = segment;
  const { ec2, ecs, eks, elastic_beanstalk: beanstalk, xray } = blocksOf(aws);
  return attributes({
    'service.name': segment.name,
    'service.version': service?.version ?? beanstalk.version_label,
    'service.namespace': beanstalk.environment_name,
    'service.instance.id': beanstalk.deployment_id,
    'cloud.provider': aws === undefined ? undefined : 'aws',
    'cloud.account.id': aws?.account_id,
    'cloud.availability_zone': ec2.availability_zone ?? ecs.availability_zone,
    'cloud.platform': platformOf(origin),
    'host.id': ec2.instance_id,
    'host.type': ec2.instance_size,
    'host.image.id': ec2.ami_id,
    'container.name': ecs.container,
    'container.id': ecs.container_id ?? eks.container_id,
    'k8s.cluster.name': eks.cluster_name,
    'k8s.pod.name': eks.pod,
    'telemetry.sdk.name': xray.sdk,
    'telemetry.sdk.version': xray.sdk_version,
    'telemetry.sdk.language': languageOf(xray.sdk),
    'aws.xray.origin': origin,
    'aws.xray.resource_arn': resource_arn,
  });
}

const platforms: Readonly<Record<string, string>> = {
  'AWS::EC2::Instance': 'aws_ec2',
  'AWS::ECS::Container': 'aws_ecs',
  'AWS::EKS::Container': 'aws_eks',
  'AWS::ElasticBeanstalk::Environment': 'aws_elastic_beanstalk',
  'AWS::AppRunner::Service': 'aws_app_runner',
  'AWS::Lambda::Function': 'aws_lambda',
};

const platformOf = (origin: string | undefined) =>
  origin !== undefined && Object.hasOwn(platforms, origin) ? platforms[origin] : undefined;

/** `X-Ray for Node.js` → `nodejs`, as OpenTelemetry spells the languages it knows. */
function languageOf(sdk: unknown): string | undefined {
  const [, language] = typeof sdk === 'string' ? (/ for (.+)$/i.exec(sdk) ?? []) : [];
  return language?.toLowerCase().replace('.js', 'js').replace('.net', 'dotnet');
}

function scopeOf(segment: Segment | undefined): OtelSpan['scope'] {
  const { xray } = blocksOf(segment?.aws);
  const version = xray.sdk_version;
  return {
    name: typeof xray.sdk === 'string' ? xray.sdk : 'aws-xray',
    ...(typeof version === 'string' && { version }),
  };
}

type Block = Readonly<Record<string, unknown>>;

/** The blocks inside `aws`, by name; an empty one for each that is not there. */
function blocksOf(aws: Entity['aws']) {
  const block = (name: string): Block => {
    const value = aws?.[name];
    return typeof value === 'object' && value !== null ? (value as Block) : {};
  };
  return {
    ec2: block('ec2'),
    ecs: block('ecs'),
    eks: block('eks'),
    elastic_beanstalk: block('elastic_beanstalk'),
    xray: block('xray'),
  };
}

function attributesOf(entity: Entity): OtelAttribute[] {
  const { http, aws, user, annotations = {}, metadata = {}, in_progress } = entity;
  const { namespace, traced, sql } = entity as Subsegment;
  const { request, response } = http ?? {};
  return attributes({
    'http.method': request?.method,
    'http.url': request?.url,
    'http.user_agent': request?.user_agent,
    'http.client_ip': request?.client_ip,
    'http.status_code': response?.status,
    'http.response_content_length': response?.content_length,
    'enduser.id': user,
    'aws.service': namespace === 'aws' ? entity.name : undefined,
    'aws.account_id': aws?.account_id,
    'aws.operation': aws?.operation,
    'aws.region': aws?.region ?? aws?.remote_region,
    'aws.request_id': aws?.request_id,
    'aws.queue_url': aws?.queue_url,
    'aws.table_name': aws?.table_name,
    'aws.xray.retries': aws?.retries,
    ...sqlAttributes(sql),
    'aws.xray.x_forwarded_for': request?.x_forwarded_for,
    'aws.xray.inprogress': in_progress,
    'aws.xray.traced': traced,
    // The exporter makes those of a span that are named here annotations again.
    'aws.xray.annotations': Object.keys(annotations).length > 0 ? Object.keys(annotations) : undefined,
    ...annotations,
    ...Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [`aws.xray.metadata.${name}`, JSON.stringify(value)]),
    ),
  });
}

/** `sql.url` is `protocol://host:port/name?…`; what does not look so is kept whole. */
function sqlAttributes(sql: Sql | undefined): Record<string, unknown> {
  if (sql === undefined) return {};
  const [, server, name] = /^(.+\/\/.+)\/([^?]+)\??.*$/.exec(sql.url ?? '') ?? [];
  return {
    'db.system': sql.database_type?.toLowerCase(),
    'db.connection_string': server ?? sql.url ?? sql.connection_string,
    'db.name': name,
    'db.statement': sql.sanitized_query,
    'db.user': sql.user,
  };
}

/** Attributes of what is there. Values come from documents, so that anything may turn up: objects are given as JSON. */
function attributes(values: Readonly<Record<string, unknown>>): OtelAttribute[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === null ? [] : [{ key, value: valueOf(value) }],
  );
}

function valueOf(value: unknown): OtelValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(valueOf) } };
  return { stringValue: JSON.stringify(value) };
}
