import { Router } from 'express';
import { notFound } from '../problem.ts';
import { readOperations, type SendXRay } from './client.ts';

/**
 * The X-Ray API for the site's pages: `POST /lab/xray/GetTraceSummaries` with the API's own JSON, times as epoch
 * seconds both ways. Errors are X-Ray's, with its status, as `{ __type, Message }`.
 */
export function xrayRoutes(read: SendXRay): Router {
  const routes = Router();

  routes.post('/lab/xray/:operation', async (request, response) => {
    const { operation } = request.params;
    if (!readOperations.includes(operation))
      throw notFound('X-Ray operation to read with', operation, readOperations);

    const input = withDates(request.body ?? {});
    if ('refusal' in input) {
      response.status(400).json(wireError('InvalidRequestException', input.refusal));
      return;
    }
    try {
      response.json(withSeconds(await read(operation, input.value)));
    } catch (error) {
      const { status, body } = xrayError(error);
      response.status(status).json(body);
    }
  });

  return routes;
}

/** The SDK takes Dates for the members that are times; all of those are at the top level of an input. */
const timeMembers = ['StartTime', 'EndTime'];

function withDates(body: unknown): { value: object } | { refusal: string } {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return { refusal: 'The body is not an object.' };
  const entries: [string, unknown][] = [];
  for (const [name, value] of Object.entries(body)) {
    if (!timeMembers.includes(name)) entries.push([name, value]);
    else if (typeof value !== 'number' || !Number.isFinite(value))
      return { refusal: `${name} must be epoch seconds.` };
    else entries.push([name, new Date(value * 1000)]);
  }
  return { value: Object.fromEntries(entries) };
}

/** Dates, however deep, as epoch seconds; the client's own `$metadata` is left out. */
export function withSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(withSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== '$metadata')
      .map(([name, member]) => [name, withSeconds(member)]),
  );
}

function xrayError(error: unknown): { status: number; body: object } {
  const { name, message, $metadata } = error as {
    name?: string;
    message?: string;
    $metadata?: { httpStatusCode?: number };
  };
  if ($metadata?.httpStatusCode !== undefined) {
    return { status: $metadata.httpStatusCode, body: wireError(name ?? 'InternalFailure', message ?? '') };
  }
  const text = 'The X-Ray API does not answer.';
  const remedy = 'Run `npm run lab -- start xray-api`.';
  return {
    status: 503,
    body: { ...wireError('ServiceUnavailable', text), error: 'unavailable', message: text, remedy },
  };
}

/** X-Ray's own members first; `error` and `message` make it a `Problem` too. */
const wireError = (type: string, message: string) => ({
  __type: type,
  Message: message,
  error: type,
  message,
});
