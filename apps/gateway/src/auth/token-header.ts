import { decodeProtectedHeader } from 'jose';

/** Headers with which a token would choose its own key or rules (RFC 8725 §3.10). */
const refusedHeaders = ['jku', 'jwk', 'x5u', 'x5c', 'crit', 'zip', 'b64'];

/** @param types the accepted values of `typ`, in lower case. @throws Error whose message is only for the log */
export const assertPlainHeader = (token: string, types: readonly (string | undefined)[]): void => {
  const header = decodeProtectedHeader(token);
  const refused = refusedHeaders.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) throw new Error(`header ${refused} is not accepted`);
  if (!types.includes(header.typ?.toLowerCase())) throw new Error('the typ of the token is not accepted');
};
