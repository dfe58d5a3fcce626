import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { EngineAnswer, EngineRequest } from './engine.ts';

/** The operation named in the header X-Amz-Target: DynamoDB_20120810.PutItem. */
export function operationOf({ headers }: EngineRequest): string | undefined {
  return /^DynamoDB_20120810\.(\w+)$/.exec(String(headers['x-amz-target'] ?? ''))?.[1];
}

/** The same caller, asking for something else. */
export function targeting(request: EngineRequest, operation: string, input: object): EngineRequest {
  return {
    ...request,
    headers: { ...request.headers, 'x-amz-target': `DynamoDB_20120810.${operation}` },
    body: JSON.stringify(input),
  };
}

export const withBody = (request: EngineRequest, input: object): EngineRequest => ({
  ...request,
  body: JSON.stringify(input),
});

/** Replaces the body, and the headers that depend on it. */
export function withJson(answer: EngineAnswer, value: object): EngineAnswer {
  const body = JSON.stringify(value);
  return {
    ...answer,
    headers: {
      ...answer.headers,
      'content-length': String(Buffer.byteLength(body)),
      'x-amz-crc32': String(crc32(body)),
    },
    body,
  };
}

/** An answer of our own, dressed as DynamoDB's. */
export const answerOf = (status: number, value: object): EngineAnswer =>
  withJson(
    {
      status,
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': requestId() },
      body: '',
    },
    value,
  );

/** 52 capitals and digits, as DynamoDB's request ids. */
const requestId = () => randomBytes(39).toString('base64').toUpperCase().replace(/[+/]/g, '0');

export function parseObject<Shape>(text: string): Shape | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Shape)
      : undefined;
  } catch {
    return undefined;
  }
}
