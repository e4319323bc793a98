import { timeLimit } from '../transport/time-limit.js';
import type { Transport } from '../transport/transport.js';
import type { IssuedToken } from './credential.js';

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
    const { text } = await transport.send(
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
    const answer = JSON.parse(text) as { access_token: string; expires_in: number };
    return { value: answer.access_token, expiresIn: answer.expires_in };
  } finally {
    limit.end();
  }
};
