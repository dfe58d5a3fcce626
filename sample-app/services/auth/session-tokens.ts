import { createHmac, timingSafeEqual } from 'node:crypto';

export interface SessionTokens {
  issue(customerId: string): string;
  /** The customer a token was issued for; undefined for a token that is forged or too old. */
  verify(token: string): string | undefined;
}

const LIFETIME_MILLISECONDS = 12 * 60 * 60 * 1000;

/** Signed tokens, so that no session has to be stored: `customer.expiry.signature`. */
export function sessionTokens(key: Buffer, now: () => number = Date.now): SessionTokens {
  const sign = (content: string) => createHmac('sha256', key).update(content).digest('base64url');

  return {
    issue(customerId) {
      const content = `${customerId}.${now() + LIFETIME_MILLISECONDS}`;
      return `${content}.${sign(content)}`;
    },

    verify(token) {
      const [customerId = '', expiry = '', signature = ''] = token.split('.');
      const expected = Buffer.from(sign(`${customerId}.${expiry}`));
      const given = Buffer.from(signature);
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
      return Number(expiry) > now() ? customerId : undefined;
    },
  };
}
