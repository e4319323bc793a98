import { decodeProtectedHeader } from 'jose';

/**
 * Headers that change what the rest of a token means. Others without a meaning here are ignored (RFC 7515 §4). A key or its
 * address in a header (`jwk`, `jku`, `x5c`, `x5u`) is neither read nor followed: the keys are the issuer's (RFC 8725 §3.10).
 */
const refusedHeaders = ['crit', 'b64'];

/** @param types the accepted values of `typ`, in lower case. @throws Error whose message is only for the log */
export const assertPlainHeader = (token: string, types: readonly (string | undefined)[]): void => {
  const header = decodeProtectedHeader(token);
  const refused = refusedHeaders.find((name) => Object.hasOwn(header, name));
  if (refused !== undefined) throw new Error(`header ${refused} is not accepted`);
  if (!types.includes(header.typ?.toLowerCase())) throw new Error('the typ of the token is not accepted');
};
