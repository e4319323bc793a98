import type { TokenSession } from '../session/token-session.js';

/** The request for `length` random bytes, as a part of a job. */
export const randomRequest = (length: number): Buffer => {
  const part = Buffer.alloc(4);
  part.writeUInt32BE(length);
  return part;
};

/** Bytes of the token's random generator (PKCS#11 3.1 §5.16.2). */
export const random = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [request] = parts as [Buffer];
  const { session: handle } = session;
  session.begin('C_GenerateRandom', 'own');
  return [session.p11.C_GenerateRandom(handle, Buffer.alloc(request.readUInt32BE()))];
};
