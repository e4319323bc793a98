import { randomUUID } from 'node:crypto';
import type { Role } from '@ankasecure/local';
import { AnkaSecure, type ClientOptions, privateKeyJwt } from '@ankasecure/sdk';
import { exportJWK, generateKeyPair } from 'jose';
import type { Rig } from './rig.js';
import type { Tenant } from './tenant.js';

/** The SDK as an application of the tenant, with a service account of its own, whose private key WebCrypto does not export. */
export const sdkOf = async (
  rig: Rig,
  tenant: Tenant & { readonly slug: string },
  roles: readonly Role[],
  options: Partial<ClientOptions> = {},
): Promise<{ readonly anka: AnkaSecure; readonly id: string }> => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: false });
  const kid = randomUUID();
  const keys = [{ ...(await exportJWK(publicKey)), kid, alg: 'ES256' }];
  const account = { name: 'an application', roles, keys };
  const { id, clientId } = await tenant.admin.post<{ id: string; clientId: string }>('/service-accounts', account);
  const auth = privateKeyJwt({ clientId, key: privateKey, kid, alg: 'ES256' });
  return { id, anka: new AnkaSecure({ baseUrl: rig.baseUrl, auth, tenant: tenant.slug, ...options }) };
};
