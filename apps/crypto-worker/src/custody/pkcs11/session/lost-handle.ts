import type { Handle } from 'pkcs11js';
import { cka } from '../cryptoki/attribute.js';
import { ckr, ckrOf } from '../cryptoki/ckr.js';
import type { TokenSession } from './token-session.js';

/** Errors of reading a key that is not there, or not to be seen without a login. */
const lostCodes: readonly number[] = [ckr.OBJECT_HANDLE_INVALID, ckr.KEY_HANDLE_INVALID, ckr.USER_NOT_LOGGED_IN];

/**
 * Whether a handle stands for no object any more, or for another.
 * @param isIts tells whether a CKA_ID is that of the object which the handle stood for
 * @throws the token's error if it cannot be told
 */
export const isLost = (session: TokenSession, handle: Handle, isIts: (id: Buffer) => boolean): boolean => {
  try {
    return !isIts(session.attribute(handle, cka.ID));
  } catch (error) {
    if (!lostCodes.includes(ckrOf(error) ?? -1)) throw error;
    return true;
  }
};
