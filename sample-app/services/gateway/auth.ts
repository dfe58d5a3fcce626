import { httpClient } from '../../platform/http-client.ts';

export interface AuthService {
  /** The customer behind a bearer token; without one, a guest session is issued. Throws CallFailed 401 for a bad token. */
  customerOf(authorization: string | undefined, customerId?: string): Promise<string>;
}

export function authService(baseUrl: string): AuthService {
  const auth = httpClient(baseUrl, { timeoutMilliseconds: 2000 });

  return {
    async customerOf(authorization, customerId) {
      const session = authorization
        ? await auth.get<{ customerId: string }>('/sessions/current', { authorization })
        : await auth.post<{ customerId: string }>('/sessions', { customerId });
      return session.customerId;
    },
  };
}
