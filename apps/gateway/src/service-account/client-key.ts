import { AnkaError } from '@ankasecure/contracts';
import { importJWK, type JWK } from 'jose';
import type { ClientKey } from './service-account.contract.js';

export const leastRsaBits = 2048;

/** @throws AnkaError `request-invalid` for what is no public key its algorithm can verify with */
export const assertUsable = async (key: ClientKey): Promise<void> => {
  const imported = await importJWK(key as JWK, key.alg).catch((cause: unknown) => {
    throw new AnkaError('request-invalid', `keys: the key ${key.kid} is no public key for ${key.alg}`, { cause });
  });
  if (imported instanceof Uint8Array || imported.type !== 'public')
    throw new AnkaError('request-invalid', `keys: the key ${key.kid} is not a public key`);
  const { modulusLength } = imported.algorithm as { modulusLength?: number };
  if (modulusLength !== undefined && modulusLength < leastRsaBits)
    throw new AnkaError('request-invalid', `keys: the RSA key ${key.kid} is shorter than ${leastRsaBits} bits`);
};
