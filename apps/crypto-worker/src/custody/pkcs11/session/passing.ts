import type { Handle } from 'pkcs11js';
import type { TokenSession } from './token-session.js';

/**
 * Runs `work` with a session object, and destroys the object in every case. If `work` fails, the session is closed, which
 * destroys the object.
 */
export const passing = <Result>(session: TokenSession, key: Handle, work: () => Result): Result => {
  let result: Result;
  try {
    result = work();
  } catch (error) {
    session.close();
    throw error;
  }
  session.destroyObject(key);
  return result;
};
