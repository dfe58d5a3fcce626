/** What the bench of the daemon sends: segments as the Node SDK writes them, all of one length. */

/** So many different ones are sent in turn. */
const VARIETY = 1000;

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** A checkout's segment with one call in it, about 900 bytes. */
const document = (index: number): string =>
  JSON.stringify({
    id: `53995c3f${hex(index, 8)}`,
    name: 'order',
    start_time: 1795383058.321,
    trace_id: `1-6922a3f2-58406520a006${hex(index, 12)}`,
    parent_id: `70de5b6f${hex(index, 8)}`,
    end_time: 1795383058.388,
    aws: {
      xray: {
        sdk: 'X-Ray for Node.js',
        sdk_version: '3.12.0',
        package: 'aws-xray-sdk-node',
        rule_name: 'shop',
      },
    },
    annotations: { customerId: `customer-${hex(index, 4)}`, items: 3 },
    http: {
      request: { method: 'POST', url: 'http://order:8082/orders', client_ip: '127.0.0.1' },
      response: { status: 201, content_length: 164 },
    },
    service: { runtime: 'node', runtime_version: 'v24.9.0', version: '1.0.0', name: 'order' },
    subsegments: [
      {
        id: `8a5c1e90${hex(index, 8)}`,
        name: 'DynamoDB',
        start_time: 1795383058.33,
        end_time: 1795383058.341,
        namespace: 'aws',
        aws: { operation: 'PutItem', region: 'us-east-1', table_name: 'orders', retries: 0 },
        http: { response: { status: 200, content_length: 2 } },
      },
    ],
  });

const documents = Array.from({ length: VARIETY }, (_, index) => document(index));

export const datagrams = documents.map((text) => Buffer.from(`{"format":"json","version":1}\n${text}`));

/** Bytes of a PutTraceSegments body without any document, and what each document adds, with its comma. */
const EMPTY_BODY = JSON.stringify({ TraceSegmentDocuments: [] }).length;
const IN_BODY = JSON.stringify(documents[0]).length + 1;

/**
 * How many of these segments a PutTraceSegments body of so many bytes carries: counting must cost next to nothing beside
 * the daemon under measurement. Throws an Error for a length that no number of them gives.
 */
export function segmentsIn(bodyBytes: number): number {
  const count = (bodyBytes - EMPTY_BODY + 1) / IN_BODY;
  if (!Number.isInteger(count))
    throw new Error(`A body of ${bodyBytes} bytes holds no whole number of the segments that were sent.`);
  return count;
}
