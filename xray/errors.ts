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

export const unknownOperation = (message: string) => new XRayError('UnknownOperationException', 404, message);

export const requestTooLarge = (message: string) =>
  new XRayError('RequestEntityTooLargeException', 413, message);

/** Whatever we did not foresee. The cause is logged, not sent. */
export const internalFailure = () =>
  new XRayError('InternalFailure', 500, 'The local X-Ray failed on this request. Its log names the cause.');
