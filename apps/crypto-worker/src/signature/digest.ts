import { hashBytes, type JwsAlg, signatureSchemes } from '@ankasecure/algorithm';
import { AnkaError } from '@ankasecure/contracts';

/**
 * Decodes the caller's digest for `alg`.
 * @param encoded canonical base64url, as the schema checks
 * @throws AnkaError `request-invalid` if `alg` takes whole messages only or its hash has another length
 */
export const readDigest = (alg: JwsAlg, encoded: string): Buffer => {
  const { scheme, hash } = signatureSchemes[alg];
  if (hash === null || scheme === 'hmac')
    throw new AnkaError('request-invalid', `${alg} takes a payload, not a digest.`);
  const digest = Buffer.from(encoded, 'base64url');
  if (digest.length === hashBytes[hash]) return digest;
  throw new AnkaError('request-invalid', `The digest for ${alg} is ${hashBytes[hash]} bytes long.`);
};
