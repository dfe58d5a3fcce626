/** A service as a learner writes one: Express, and the real AWS X-Ray SDK. Started by daemon.test.ts. */
import AWSXRay from 'aws-xray-sdk-core';
import xrayExpress from 'aws-xray-sdk-express';
import express from 'express';
import type { AddressInfo } from 'node:net';

const app = express();
app.use(xrayExpress.openSegment('traced-program'));
app.get('/', (_request, response) => {
  const segment = AWSXRay.getSegment() as AWSXRay.Segment;
  const subsegment = segment.addNewSubsegment('work');
  subsegment.addAnnotation('kind', 'real');
  subsegment.close();
  response.json({ traceId: segment.trace_id });
});
app.use(xrayExpress.closeSegment());

const server = app.listen(0, '127.0.0.1', () => {
  console.log(`listening on ${(server.address() as AddressInfo).port}`);
});
