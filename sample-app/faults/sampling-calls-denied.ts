import { z } from 'zod';
import { defineFault } from './fault.ts';

export const samplingCallsDenied = defineFault({
  id: 'sampling-calls-denied',
  title: 'The daemon may send, and may not ask for sampling rules',
  area: 'sampling',
  inTheWild:
    'A policy that was cut down to what “obviously” is needed: uploading. The SDKs can’t get their rules and fall back to one ' +
    'request a second and five percent of the rest.',
  services: ['xray-api', 'xray-daemon', 'gateway', 'client'],
  parameters: z.strictObject({}),
  primitives: () => [
    { kind: 'environment', process: 'xray-api', variables: { XRAY_AUTH: 'on' } },
    {
      kind: 'environment',
      process: 'xray-daemon',
      variables: { AWS_ACCESS_KEY_ID: 'uploader', AWS_SECRET_ACCESS_KEY: 'uploader-secret' },
    },
    // A host that has its rules keeps them for an hour; it is the next one to start that has none.
    { kind: 'environment', process: 'gateway', variables: { AWS_XRAY_LOG_LEVEL: 'warn' } },
    { kind: 'client', sends: 'health-check', perSecond: 15, userAgent: 'load-test/1.0' },
  ],
  signature: { filter: 'http.useragent = "load-test/1.0"', withinSeconds: 10 },
  lookFor:
    'Of fifteen requests a second hardly two are traced, and their segments have no aws.xray.rule_name. No log has a word of it: ' +
    'the daemon passes the refusal on, and the SDK takes an answer without rules for none. Ask the daemon as the SDK does, with ' +
    'curl -d {} http://127.0.0.1:2000/GetSamplingRules, and it is AccessDeniedException.',
});
