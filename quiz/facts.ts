/**
 * The facts that items are written from, in our own words. An item names the facts it asks for; one that leans on a
 * fact with an `erratum` must say what older study guides have and what is true today.
 */
export interface Fact {
  text: string;
  /** Study guides are known to say otherwise. */
  erratum?: true;
}

export const facts: Readonly<Record<string, Fact>> = {
  A04: {
    text: 'A trace id is 1-, eight hex digits (epoch seconds of the first request), -, and 24 hex digits.',
    erratum: true,
  },
  A05: { text: 'The start of the request can be decoded from its trace id.' },
  A19: { text: 'Annotations are key-value pairs that are indexed for filter expressions.' },
  A20: { text: 'Metadata is any JSON value; it is kept in the trace and is not indexed.' },
  B01: { text: 'The propagation header is X-Amzn-Trace-Id with the parts Root, Parent and Sampled.' },
  C01: { text: 'The SDK sends segments by UDP to port 2000 of the daemon, which uploads them by HTTPS.' },
  C02: { text: 'UDP is not acknowledged: without a daemon the data is lost and the application goes on.' },
  D05: {
    text: 'No sampling rule can look at status, error or latency: the decision is taken when the request begins.',
    erratum: true,
  },
  D17: { text: 'Adaptive sampling with ADOT for Java and Python can raise the rate when anomalies occur.' },
  F01: {
    text: 'GetTraceSummaries finds ids by time and filter; BatchGetTraces returns the documents, five ids per call.',
    erratum: true,
  },
  F05: { text: 'fault and error look at the root; service() { fault } and edge() { fault } look below it.' },
  G02: { text: "A caller's timeout is a fault with an exception and without http.response." },
  G03: {
    text: 'A DynamoDB throttle is a 400 with ProvisionedThroughputExceededException, recorded as throttle.',
  },
  G04: { text: 'AccessDeniedException is an error and is never recorded as throttle.' },
  G06: {
    text: 'A throttled write needs write capacity, a throttled read needs read capacity.',
    erratum: true,
  },
  G07: { text: 'A handled failure leaves the root ok; the evidence is in a subsegment.' },
  G08: { text: 'A retry storm is sibling calls to one host, each as long as the timeout.' },
  G12: { text: 'An open circuit breaker shows as a quick answer without the downstream subsegment.' },
  H01: { text: 'AWSXRayDaemonWriteAccess allows PutTraceSegments and what sampling needs.' },
  H04: { text: 'On ECS the daemon container uses the task role, not the execution role.' },
  H13: { text: 'PutTraceSegments supports no resource-level permission; its Resource is *.' },
};
