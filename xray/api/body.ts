import { isUtf8 } from 'node:buffer';
import { serializationFailed } from '../errors.ts';

/**
 * The JSON object in a request body; an empty body is an empty object, as AWS's SDKs send it for operations without
 * input. Throws SerializationException, which is what AWS's framework calls a body it cannot read.
 */
export function readBody(bytes: unknown): object {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  if (!isUtf8(bytes)) throw serializationFailed('The body is not UTF-8.');
  const value = parse(bytes.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw serializationFailed('The body must be one JSON object.');
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw serializationFailed(`The body is not JSON: ${(error as Error).message}.`);
  }
}
