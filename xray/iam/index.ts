/** Who may call X-Ray: signatures, identities, policies. README.md shows an identities file. */
export { authenticate } from './authenticate.ts';
export { authorize } from './authorize.ts';
export type { SignedRequest } from './claimed-signature.ts';
export type { ConditionContext } from './condition.ts';
export type { Identity } from './identities.ts';
export { makeIdentityFile, openIdentityFile, type IdentityFile } from './identity-file.ts';
export type { AccessRequest } from './policy.ts';
export { fitsWildcards } from './wildcards.ts';
