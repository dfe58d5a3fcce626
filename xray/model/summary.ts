/** The row of a trace in GetTraceSummaries. https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html */
import { availabilityZones, instanceIds, resourceArns } from './resources.ts';
import { rootCausesOf } from './root-causes.ts';
import { durationOf, flagsOf, isInProgress } from './status.ts';
import { traceFacts } from './trace-facts.ts';
import type { AnnotationValue, Segment, Trace } from './vocabulary.ts';
import type { AnnotationValueOnWire, HttpOnWire, TraceSummary } from './wire.ts';

/**
 * Summarizes a trace. HasFault and HasError speak of the root only, HasThrottle of every segment: so AWS defines
 * them. A fault downstream that the root survived is therefore not in HasFault.
 */
export function summarizeTrace(trace: Trace): TraceSummary {
  const facts = traceFacts(trace);
  const causes = rootCausesOf(trace);
  const { root } = trace;
  const flags = root && flagsOf(root);
  return {
    Id: trace.id,
    StartTime: trace.startTime,
    Duration: milliseconds(trace.endTime - trace.startTime),
    ...(root && !isInProgress(root) && { ResponseTime: milliseconds(durationOf(root)) }),
    HasFault: flags?.fault ?? false,
    HasError: flags?.error ?? false,
    HasThrottle: trace.segments.some((segment) => flagsOf(segment).throttle),
    IsPartial: trace.isPartial,
    Http: root ? httpOf(root) : {},
    Annotations: Object.fromEntries(
      [...facts.annotations].map(([key, values]) => [
        key,
        values.map(({ value, services }) => ({ AnnotationValue: onWire(value), ServiceIds: services })),
      ]),
    ),
    Users: facts.users.map(({ value, services }) => ({ UserName: value, ServiceIds: services })),
    ServiceIds: facts.participants.map(({ id }) => id),
    ResourceARNs: resourceArns(trace).map((ARN) => ({ ARN })),
    InstanceIds: instanceIds(trace).map((Id) => ({ Id })),
    AvailabilityZones: availabilityZones(trace).map((Name) => ({ Name })),
    ...(root && { EntryPoint: facts.participantOf(root).id }),
    FaultRootCauses: [...causes.fault],
    ErrorRootCauses: [...causes.error],
    ResponseTimeRootCauses: [...causes.responsetime],
    Revision: trace.revision,
  };
}

function httpOf({ http }: Segment): HttpOnWire {
  const { method, url, user_agent, client_ip } = http?.request ?? {};
  const status = http?.response?.status;
  return {
    ...(url !== undefined && { HttpURL: url }),
    ...(status !== undefined && { HttpStatus: status }),
    ...(method !== undefined && { HttpMethod: method }),
    ...(user_agent !== undefined && { UserAgent: user_agent }),
    ...(client_ip !== undefined && { ClientIp: client_ip }),
  };
}

function onWire(value: AnnotationValue): AnnotationValueOnWire {
  if (typeof value === 'number') return { NumberValue: value };
  return typeof value === 'boolean' ? { BooleanValue: value } : { StringValue: value };
}

/** X-Ray gives seconds to three decimals. */
const milliseconds = (seconds: number) => Math.round(seconds * 1000) / 1000;
