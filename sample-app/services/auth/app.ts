import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { AnswerError, parse } from '../../platform/errors.ts';
import { service } from '../../platform/server.ts';
import { annotate, tracing } from '../../platform/tracing.ts';
import type { SessionTokens } from './session-tokens.ts';

const guest = z.strictObject({
  customerId: z
    .string()
    .regex(/^[\w-]{1,40}$/, 'must be letters, digits, _ or -')
    .optional(),
});

export const createApp = (tokens: SessionTokens) =>
  service('auth', tracing, (app) => {
    /** A session for somebody who has not signed in. */
    app.post('/sessions', (request, response) => {
      const { customerId = `guest-${randomUUID().slice(0, 8)}` } = parse(guest, request.body);
      annotate({ customerId });
      response.status(201).json({ customerId, token: tokens.issue(customerId) });
    });

    /** Whose session the bearer token is. */
    app.get('/sessions/current', (request, response) => {
      const [, token = ''] = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '') ?? [];
      const customerId = tokens.verify(token);
      if (customerId === undefined)
        throw new AnswerError(401, 'not-signed-in', 'The session token is not valid.');
      annotate({ customerId });
      response.json({ customerId });
    });
  });
