import type { Request, RequestHandler } from 'express';
import { createHash } from 'node:crypto';
import { authenticate, authorize, type Identity, type IdentityFile } from '../iam/index.ts';
import type { Operation, OperationContext } from '../operations/operation.ts';
import { requestMembers, requestTags, resourceOf } from './resource.ts';

export interface AccessControlOptions {
  identities: IdentityFile;
  /** Whether a signature must be for this API's own region; asked at each request. */
  checksRegion: () => boolean;
}

export interface AccessControl {
  /** Before the body is read: takes its hash as it comes, which is what the sender has signed. */
  hashBody: RequestHandler;
  /** After the body was read: finds out who sent it. Throws an XRayError with status 403. */
  authenticate: RequestHandler;
  /** Throws AccessDeniedException unless the sender's policies allow the operation. */
  authorize(request: Request, operation: Operation, body: object): void;
}

interface Sender {
  bodyHash: () => string;
  identity?: Identity;
}

/**
 * IAM in front of the operations. Without it (`XRAY_AUTH=off`) any signature is accepted, none at all, and this module is
 * not even loaded.
 */
export const accessControl = (options: AccessControlOptions) => (context: OperationContext) =>
  controlOf(options, context);

function controlOf(options: AccessControlOptions, context: OperationContext): AccessControl {
  const senders = new WeakMap<Request, Sender>();

  return {
    hashBody(request, _response, next) {
      const hash = createHash('sha256');
      request.on('data', (chunk: Buffer) => hash.update(chunk));
      senders.set(request, { bodyHash: () => hash.digest('hex') });
      next();
    },

    authenticate(request, _response, next) {
      const sender = senders.get(request)!;
      const { method, originalUrl: url, headersDistinct: headers } = request;
      sender.identity = authenticate(
        { method, url, headers, bodyHash: sender.bodyHash() },
        {
          identityOf: (accessKeyId) => options.identities.identityOf(accessKeyId),
          now: context.now(),
          region: options.checksRegion() ? context.region : undefined,
        },
      );
      next();
    },

    authorize(request, { name }, body) {
      const identity = senders.get(request)!.identity!;
      const resource = resourceOf(context, name, body);
      const { keys, values } = requestTags(name, body);
      authorize(identity, {
        action: `xray:${name}`,
        resource,
        context: {
          'aws:principalarn': identity.arn,
          'aws:principalaccount': identity.arn.split(':')[4],
          'aws:username': /:user\/(?:.*\/)?([^/]+)$/.exec(identity.arn)?.[1],
          'aws:requestedregion': context.region,
          'aws:sourceip': request.socket.remoteAddress?.replace(/^::ffff:/, ''),
          'aws:securetransport': 'false',
          'aws:currenttime': new Date(context.now() * 1000).toISOString(),
          'aws:tagkeys': keys,
          ...prefixed('aws:requesttag/', values),
          ...prefixed('aws:resourcetag/', tagsOf(context, resource)),
          ...requestMembers(name, body),
        },
      });
    },
  };
}

const prefixed = (prefix: string, tags: readonly (readonly [string, string])[]) =>
  Object.fromEntries(tags.map(([key, value]) => [`${prefix}${key.toLowerCase()}`, value]));

const tagsOf = ({ store }: OperationContext, arn: string) =>
  arn === '*' ? [] : store.tags.list(arn).map(({ key, value }) => [key, value] as const);
