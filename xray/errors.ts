/**
 * The errors X-Ray answers with. A new one is one line in the table below; the wire format is in `api/server.ts`.
 */

/** An answer other than 200: a code the SDKs turn into an exception's name, an HTTP status, a sentence. */
export class XRayError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members of the body besides the code and the message, such as `ResourceName`. */
  readonly members: Readonly<Record<string, string>>;

  constructor(code: string, status: number, message: string, members: Record<string, string> = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = status;
    this.members = members;
  }
}

/** A value that has the right type and length but makes no sense here. */
export const invalidRequest = (message: string) => new XRayError('InvalidRequestException', 400, message);

/** A length, a range or a missing member, in the Coral framework's words, which name every failed constraint. */
export const validationFailed = (message: string) => new XRayError('ValidationException', 400, message);

/** A body that is no JSON, or a member of the wrong type. Coral answers so before it validates anything. */
export const serializationFailed = (message: string) => new XRayError('SerializationException', 400, message);

export const ruleLimitExceeded = (message: string) =>
  new XRayError('RuleLimitExceededException', 400, message);

export const resourceNotFound = (message: string, ResourceName: string) =>
  new XRayError('ResourceNotFoundException', 404, message, { ResourceName });

export const tooManyTags = (message: string, ResourceName: string) =>
  new XRayError('TooManyTagsException', 400, message, { ResourceName });

export const malformedPolicyDocument = (message: string) =>
  new XRayError('MalformedPolicyDocumentException', 400, message);

export const lockoutPrevented = (message: string) =>
  new XRayError('LockoutPreventionException', 400, message);

export const invalidPolicyRevisionId = (message: string) =>
  new XRayError('InvalidPolicyRevisionIdException', 400, message);

export const policySizeLimitExceeded = (message: string) =>
  new XRayError('PolicySizeLimitExceededException', 400, message);

export const policyCountLimitExceeded = (message: string) =>
  new XRayError('PolicyCountLimitExceededException', 400, message);

/** The identity is known and its policies do not allow it. */
export const accessDenied = (message: string) => new XRayError('AccessDeniedException', 403, message);

/** What a web page sent, before anything of it is looked at. AWS has no such error; the name is the nearest it has. */
export const webPageRefused = ({ status, message }: { status: number; message: string }) =>
  new XRayError('AccessDeniedException', status, message);

export const missingAuthentication = () =>
  new XRayError('MissingAuthenticationTokenException', 403, 'Missing Authentication Token');

/** A signature that lacks a part. AWS's JSON protocols differ in the status; X-Ray's others of the kind are 403. */
export const incompleteSignature = (message: string) =>
  new XRayError('IncompleteSignatureException', 403, message);

/** A signature that is complete and wrong: of another text, by another secret, at another time, for another place. */
export const invalidSignature = (message: string) => new XRayError('InvalidSignatureException', 403, message);

export const unrecognizedClient = () =>
  new XRayError('UnrecognizedClientException', 403, 'The security token included in the request is invalid.');

export const expiredToken = () =>
  new XRayError('ExpiredTokenException', 403, 'The security token included in the request is expired');

/** Code and text differ between AWS's model and what its clients saw: XRAY_THROTTLING_CODE. */
export const throttled = (code: ThrottlingCode) => new XRayError(code, 429, 'Rate exceeded');

export const throttlingCodes = ['ThrottledException', 'ThrottlingException'] as const;
export type ThrottlingCode = (typeof throttlingCodes)[number];

export const unknownOperation = (message: string) => new XRayError('UnknownOperationException', 404, message);

export const requestTooLarge = (message: string) =>
  new XRayError('RequestEntityTooLargeException', 413, message);

/** The disk or the store's file failed: what was sent is not kept, and may be sent again. SDKs retry a 503. */
export const serviceUnavailable = (message: string) => new XRayError('ServiceUnavailable', 503, message);

/** Whatever we did not foresee. The cause is logged, not sent. */
export const internalFailure = () =>
  new XRayError('InternalFailure', 500, 'The local X-Ray failed on this request. Its log names the cause.');
