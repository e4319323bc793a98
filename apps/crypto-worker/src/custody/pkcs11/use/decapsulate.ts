import type { Handle } from 'pkcs11js';
import { cka, objectClass, passingSecret } from '../cryptoki/attribute.js';
import { ckm } from '../cryptoki/mechanism.js';
import { passing } from '../session/passing.js';
import type { TokenSession } from '../session/token-session.js';

/** The shared secret as a generic secret of the session. It can be read, because it is the answer, and lives for this job alone. */
const readableSecret = passingSecret([{ type: cka.VALUE_LEN, value: 32 }]);

/** @returns the shared secret */
export const decapsulateWith = (session: TokenSession, key: Handle, ciphertext: Buffer): Buffer => {
  const { session: handle, kem } = session;
  session.begin('C_DecapsulateKey', 'caller-data');
  const secret = kem.decapsulate({
    session: handle,
    mechanism: ckm.ML_KEM,
    key,
    template: readableSecret,
    ciphertext,
  });
  return passing(session, secret, () => session.attribute(secret, cka.VALUE));
};

export const decapsulate = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [id, ciphertext] = parts as [Buffer, Buffer];
  return [decapsulateWith(session, session.key(objectClass.private, id), ciphertext)];
};
