import type { Key } from '@ankasecure/contracts';
import { makeIdentity } from '@ankasecure/testing';
import { exportJWK, generateKeyPair } from 'jose';
import type { Client } from '../harness/client.js';
import type { Tenant } from '../harness/tenant.js';

/** The supplies of the recipes: clients with names at their limits, and resources that the routes change. */
export interface Larder {
  readonly tenant: Tenant;
  readonly admin: Client;
  readonly second: Client;
  readonly platform: Client;
  /** A new key in the state that the route needs. */
  key(after?: readonly string[]): Promise<Key>;
  readonly publicKeys: readonly object[];
  readonly certificates: readonly string[];
}

/** The public keys and certificates, with names at their limits. */
export const stock = async (): Promise<Pick<Larder, 'publicKeys' | 'certificates'>> => ({
  publicKeys: await Promise.all(
    Array.from({ length: 20 }, async (_, index) => {
      const { publicKey } = await generateKeyPair('ES512', { extractable: true });
      const { kty, crv, x, y } = await exportJWK(publicKey);
      return { kty, crv, x, y, kid: `${'k'.repeat(126)}${index + 10}`, alg: 'ES512', use: 'sig' };
    }),
  ),
  certificates: await Promise.all(
    Array.from(
      { length: 10 },
      async () => (await makeIdentity({ subject: `/O=${'o'.repeat(64)}/CN=${'c'.repeat(64)}` })).cert,
    ),
  ),
});

/** A text of that many characters, some of which JSON escapes. */
export const long = (length: number): string => `${'x'.repeat(length - 4)}"\\"x`;

/** The ETag of a resource. */
export const revisionOf = async (client: Client, path: string): Promise<string> =>
  (await client.send('GET', path)).headers.get('etag') ?? '';
