import { httpClient } from '../../platform/http-client.ts';

export interface Session {
  customerId: string;
  token: string;
}

export interface AuthService {
  /** Issues a session, of a guest where no customer is named. */
  signIn(customerId?: string): Promise<Session>;
  /** The customer behind a bearer token; without one, a guest session is issued. Throws CallFailed 401 for a bad token. */
  customerOf(authorization: string | undefined, customerId?: string): Promise<string>;
}

export function authService(baseUrl: string): AuthService {
  const auth = httpClient(baseUrl, { timeoutMilliseconds: 2000 });

  const signIn = (customerId?: string) => auth.post<Session>('/sessions', { customerId });

  return {
    signIn,

    async customerOf(authorization, customerId) {
      const session = authorization
        ? await auth.get<Pick<Session, 'customerId'>>('/sessions/current', { authorization })
        : await signIn(customerId);
      return session.customerId;
    },
  };
}
