import { requestTooLarge, serializationFailed } from '../errors.ts';
import { JsonLimitExceeded, NotJson, readJson, usualLimits } from '../json/index.ts';

/**
 * The JSON object in a request body; an empty body is an empty object, as AWS's SDKs send it for operations without
 * input. Throws SerializationException, which is what AWS's framework calls a body it cannot read, and a 413 for one that holds
 * more than any operation takes.
 */
export async function readBody(bytes: unknown): Promise<object> {
  if (!Buffer.isBuffer(bytes) || bytes.length === 0) return {};
  const value = await readJson(bytes, usualLimits).catch((error: unknown) => {
    throw inWords(error);
  });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw serializationFailed('The body must be one JSON object.');
  }
  return value;
}

function inWords(error: unknown): unknown {
  if (error instanceof NotJson) return serializationFailed(`The body ${error.message}.`);
  if (!(error instanceof JsonLimitExceeded)) return error;
  return error.limit === 'values'
    ? requestTooLarge(`The body holds more than ${error.most} values. Send fewer of them in each call.`)
    : serializationFailed(
        `The body nests deeper than ${error.most} levels. No operation of X-Ray takes so many; ` +
          'a document or a policy is sent as a text.',
      );
}
