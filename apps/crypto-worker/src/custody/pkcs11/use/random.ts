import type { TokenSession } from '../session/token-session.js';

/** Bytes of the token's random generator (PKCS#11 3.1 §5.16.2). */
export const random = (session: TokenSession, _variant: number, parts: readonly Buffer[]): readonly Buffer[] => {
  const [request] = parts as [Buffer];
  const { session: handle } = session;
  session.begin('C_GenerateRandom', 'own');
  return [session.p11.C_GenerateRandom(handle, Buffer.alloc(request.readUInt32BE()))];
};
