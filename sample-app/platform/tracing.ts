/**
 * The only file that configures the AWS X-Ray SDK. Importing it turns tracing on for the process:
 * incoming requests become segments, outgoing HTTP and AWS calls become subsegments.
 */
import http from 'node:http';
import https from 'node:https';
import type { RequestHandler } from 'express';
// The SDK is CommonJS, so only the default import exists.
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import { flag } from './flags.ts';
import { carryTraceId, log } from './log.ts';
import type { Tracing } from './server.ts';

// On ECS this adds the container to each segment, and makes the node's type AWS::ECS::Container. A host that is not AWS's
// has no plugin (XRAY_PLUGINS=none), and its segments no origin.
AWSXRay.config(process.env.XRAY_PLUGINS === 'none' ? [] : [AWSXRay.plugins.ECSPlugin]);

// A call outside a request is logged and goes on: tracing must never break the shop.
AWSXRay.setContextMissingStrategy('LOG_ERROR');

// More than this many subsegments open or unsent at once: the closed ones are sent ahead of their segment.
AWSXRay.setStreamingThreshold(100);

// It must be the default import: the object that require('http') returns. The namespace of `import * as http` is frozen.
// `true` says of each call that its other end is traced as well, and the subsegment gets `traced: true`. That is so for all
// but one: X-Ray infers payment-provider all the same, when no segment of it comes.
AWSXRay.captureHTTPsGlobal(http, true);
AWSXRay.captureHTTPsGlobal(https, true);

const sdkLog = log.child({ component: 'aws-xray-sdk' });
AWSXRay.setLogger({
  debug: (message: string) => sdkLog.debug(message),
  // The SDK says at level info what is of interest only while one debugs the SDK.
  info: (message: string) => sdkLog.debug(message),
  warn: (message: string, reason?: unknown) => sdkLog.warn({ err: reason }, message),
  error: (message: string, reason?: unknown) => sdkLog.error({ err: reason }, message),
});

carryTraceId(() => currentSegment()?.trace_id);

/** How platform/server.ts traces a service: `open` goes before the routes, `close` after them. */
export const tracing: Tracing = {
  open: (name) => [xrayExpress.openSegment(name), answerWithTraceId, describeHost],
  close: () => xrayExpress.closeSegment(),
  conduct: {
    leaveOpen: (name) => void currentSegment()?.addNewSubsegment(name),
    captureAws(wanted) {
      for (const client of awsClients) {
        if (wanted) AWSXRay.captureAWSv3Client(client);
        else client.middlewareStack.remove('XRaySDKInstrumentation');
      }
    },
  },
};

type AwsClient = Parameters<typeof AWSXRay.captureAWSv3Client>[0];
const awsClients = new Set<AwsClient>();

/** Makes each call of an AWS SDK client a subsegment: operation, table, attempts, throttling. */
export function traced<Client extends AwsClient>(client: Client): Client {
  awsClients.add(client);
  return AWSXRay.captureAWSv3Client(client);
}

/**
 * Annotations are indexed: one can search for them. Keys are letters, digits and `_`; absent values are left out.
 * While the flag `only-metadata` is on, they are kept but not indexed.
 */
export function annotate(annotations: Record<string, string | number | boolean | undefined>): void {
  for (const [key, value] of Object.entries(annotations)) {
    if (value === undefined) continue;
    if (flag('only-metadata')) currentSegment()?.addMetadata(key, value);
    else currentSegment()?.addAnnotation(key, value);
  }
}

/** Metadata is kept with the segment, but not indexed. Any JSON; never personal data or card numbers. */
export function addMetadata(key: string, value: unknown): void {
  currentSegment()?.addMetadata(key, value);
}

/** Who the request is for, as an id: found by the keyword `user`. */
export function setUser(customerId: string): void {
  currentSegment()?.setUser(customerId);
}

/** The segment of the request in progress, also while one of its subsegments is the current entity. */
function currentSegment() {
  // Asks the namespace, because AWSXRay.getSegment() logs an error where there is no request.
  const entity = AWSXRay.getNamespace().get('segment') as ReturnType<typeof AWSXRay.getSegment>;
  return entity && 'segment' in entity ? entity.segment : (entity as AWSXRay.Segment | undefined);
}

/**
 * Tells every caller its trace id. The SDK does so only for `Sampled=?`, and when such a caller
 * sends no Root it answers `Root=undefined` (aws-xray-sdk-core 3.12.0, mw_utils.resolveSampling).
 */
const answerWithTraceId: RequestHandler = (_request, response, next) => {
  const segment = currentSegment() as (AWSXRay.Segment & { notTraced?: boolean }) | undefined;
  if (segment) {
    response.set('X-Amzn-Trace-Id', `Root=${segment.trace_id};Sampled=${segment.notTraced ? '0' : '1'}`);
  }
  next();
};

/**
 * Says on which host and in which version the work was done: `EC2_INSTANCE_ID` and `EC2_AVAILABILITY_ZONE` stand in
 * for the instance metadata that the SDK's EC2 plugin reads, `SERVICE_VERSION` becomes the annotation `version`.
 */
const describeHost: RequestHandler = (_request, _response, next) => {
  const { EC2_INSTANCE_ID, EC2_AVAILABILITY_ZONE, SERVICE_VERSION } = process.env;
  if (EC2_INSTANCE_ID) {
    const ec2 = { instance_id: EC2_INSTANCE_ID, availability_zone: EC2_AVAILABILITY_ZONE };
    currentSegment()?.addPluginData({ ec2 });
  }
  if (SERVICE_VERSION) annotate({ version: SERVICE_VERSION });
  next();
};
