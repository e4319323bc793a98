import { createPublicKey, hash } from 'node:crypto';
import { AnkaError, type Context, type signToken, type TokenKey } from '@ankasecure/contracts';
import { BoundedMap } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { z } from 'zod';
import { Custody, type PlatformRef } from '../custody/custody.js';
import { type PlatformKey, PlatformKeys } from '../platform-key/platform-key.js';
import { EnforcedPolicies } from '../policy/enforced-policy.js';

type Request = z.infer<typeof signToken.request>;
type Reply = z.infer<typeof signToken.reply>;

interface Signer {
  readonly ref: PlatformRef;
  readonly key: TokenKey;
  /** The first segment of every token that this signer signs. */
  readonly header: string;
}

/** Signers kept in memory, for tenants with active service accounts. */
const capacity = 1000;

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Signs access tokens (RFC 9068) for service accounts, under one key per tenant that exists only in the HSM. */
@Injectable()
export class SignToken {
  private readonly signers = new BoundedMap<string, Promise<Signer>>(capacity);

  constructor(
    private readonly custody: Custody,
    private readonly platformKeys: PlatformKeys,
    private readonly policies: EnforcedPolicies,
  ) {}

  /** @throws AnkaError `tenant-mismatch` if the claims do not name the context's tenant and an account in it, `tenant-disabled` */
  async sign(context: Context, { claims }: Request): Promise<Reply> {
    const { tenantId } = context;
    if (claims.tenant !== tenantId || claims.roles.includes('platform-admin'))
      throw new AnkaError(
        'tenant-mismatch',
        'A token is signed only for the requesting tenant, and never for a platform administrator',
      );
    await this.policies.latest(tenantId);
    const { ref, key, header } = await this.signerOf(context);
    const input = `${header}.${encode(claims)}`;
    const signature = await this.custody.platformSign(context, ref, hash('sha256', input, 'buffer'));
    return { token: `${input}.${Buffer.from(signature).toString('base64url')}`, key };
  }

  private signerOf(context: Context): Promise<Signer> {
    const known = this.signers.get(context.tenantId);
    if (known !== undefined) return known;
    const loading = this.platformKeys.provide(context, 'token-signing').then((key) => signerOf(context.tenantId, key));
    this.signers.set(context.tenantId, loading);
    loading.catch(() => this.signers.delete(context.tenantId));
    return loading;
  }
}

const signerOf = (tenantId: string, { generation, ref, spki }: PlatformKey): Signer => {
  if (spki === null) throw new Error('the token-signing key has no public key');
  const { x = '', y = '' } = createPublicKey({ key: spki, format: 'der', type: 'spki' }).export({ format: 'jwk' });
  const kid = `${tenantId}.${generation}`;
  const key: TokenKey = { kty: 'EC', crv: 'P-256', x, y, kid, alg: 'ES256', use: 'sig' };
  return { ref, key, header: encode({ alg: 'ES256', typ: 'at+jwt', kid }) };
};
