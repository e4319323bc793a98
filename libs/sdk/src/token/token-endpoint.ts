import { ConnectionError } from '../error/families.js';
import { type ReadAnswer, readJson } from '../error/read-error.js';
import { timeLimit } from '../transport/time-limit.js';
import type { Transport } from '../transport/transport.js';
import type { IssuedToken } from './credential.js';

/** @throws ConnectionError for an answer that is none of a token endpoint (RFC 6749 §5.1) */
const tokenIn = (answer: ReadAnswer): IssuedToken => {
  const { access_token: value, expires_in: expiresIn } = (readJson(answer) ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof value === 'string' && typeof expiresIn === 'number') return { value, expiresIn };
  throw new ConnectionError('answer-unreadable', 'The answer of the token endpoint holds no token and its lifetime.', {
    status: answer.status,
  });
};

/** Exchanges a service account's proof for a token. @throws AuthenticationError `credential-refused` */
export const askForToken = async (
  transport: Transport,
  apiUrl: string,
  form: (endpoint: string) => Promise<URLSearchParams>,
  timeoutMs: number,
): Promise<IssuedToken> => {
  const url = `${apiUrl}/oauth/token`;
  const limit = timeLimit(timeoutMs);
  try {
    const answer = await transport.send(
      {
        url,
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: (await form(url)).toString(),
        // An assertion is valid once: the second attempt would be refused if the first one arrived.
        repetition: 'once',
        isPublic: true,
      },
      limit,
    );
    return tokenIn(answer);
  } finally {
    limit.end();
  }
};
