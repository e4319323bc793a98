import { decodeProtectedHeader } from 'jose';

/** Headers by which a token would choose its own key or its own rules (RFC 8725 §3.10). */
const refusedHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'zip', 'b64'];

/** @param types what its `typ` may be, in lower case. @throws Error whose message is for our log only */
export const assertPlainHeader = (token: string, types: readonly (string | undefined)[]): void => {
  const header = decodeProtectedHeader(token);
  const refused = refusedHeaders.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) throw new Error(`header ${refused} is not accepted`);
  if (!types.includes(header.typ?.toLowerCase())) throw new Error('the typ of the token is not accepted');
};
