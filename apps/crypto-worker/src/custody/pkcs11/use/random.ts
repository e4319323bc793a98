import { AnkaError } from '@ankasecure/contracts';
import type { TokenSession } from '../session/token-session.js';

/** The most random bytes of one call. */
const most = 1024;

/** The request for `length` random bytes, as a part of a job. */
export const randomRequest = (length: number): Buffer => {
  if (!Number.isInteger(length) || length < 1 || length > most) throw new AnkaError('internal-error');
  const part = Buffer.alloc(4);
  part.writeUInt32BE(length);
  return part;
};

/** From as many bytes on, no generator gives zeros alone. */
const neverZero = 16;

/** @throws AnkaError `hsm-error` for a token that answers with less than it was asked for, or with nothing but zeros */
export const checkedRandom = (bytes: Uint8Array, length: number): Uint8Array => {
  if (bytes.length === length && (length < neverZero || bytes.some((byte) => byte !== 0))) return bytes;
  throw new AnkaError('hsm-error');
};

/** Bytes of the token's random generator (PKCS#11 3.1 §5.16.2). */
export const random = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [request] = parts as [Buffer];
  const { session: handle } = session;
  session.begin('C_GenerateRandom', 'own');
  return [session.p11.C_GenerateRandom(handle, Buffer.alloc(request.readUInt32BE()))];
};
