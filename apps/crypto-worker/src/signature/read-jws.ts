import { type JwsAlg, jwsHeaderAlgs } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';
import { decodeSegment } from '../jose/base64url.js';
import { readProtectedHeader } from '../jose/header.js';

/** A compact JWS (RFC 7515 §3.1) with an acceptable header. */
export interface JwsParts {
  /** The header's alg. It must be one of the key record's. */
  readonly alg: JwsAlg;
  readonly kid: string | null;
  /** As received, since these characters were signed. */
  readonly protectedHeader: string;
  /** base64url as received; empty if the JWS is detached or its payload is empty. */
  readonly payload: string;
  readonly signature: Uint8Array;
}

const refuse = (detail: string): never => {
  throw new AnkaError('jws-invalid', detail);
};

/**
 * The gate: makes every check of a JWS that needs no key. It does not verify the signature.
 * @throws AnkaError `jws-invalid`
 */
export const readJws = (compact: string): JwsParts => {
  const segments = compact.split('.', 4);
  if (segments.length !== 3) refuse('A compact JWS has three segments.');
  const [protectedHeader, payload, encodedSignature] = segments as [string, string, string];
  const header = readProtectedHeader(protectedHeader, 'jws-invalid');
  const alg = jwsHeaderAlgs.find((name) => name === header['alg']);
  if (alg === undefined) return refuse(`The header member alg must be one of ${jwsHeaderAlgs.join(', ')}.`);
  if (decodeSegment(payload) === null) refuse('The payload is not canonical base64url without padding.');
  const signature = decodeSegment(encodedSignature);
  if (signature === null) return refuse('The signature is not canonical base64url without padding.');
  return { alg, kid: typeof header['kid'] === 'string' ? header['kid'] : null, protectedHeader, payload, signature };
};
