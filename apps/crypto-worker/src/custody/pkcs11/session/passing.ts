import type { Handle } from 'pkcs11js';
import type { TokenSession } from './token-session.js';

/**
 * Does `work` with a session object, and destroys the object whatever happens. Where `work` fails the session is closed, and the
 * object is gone with it.
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
