import { type TokenKey, tokenKey, uuid } from '@ankasecure/contracts';
import { BoundedMap, insertIfAbsent, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type CryptoKey, importJWK } from 'jose';
import { DataSource, type EntityManager } from 'typeorm';
import { ClaimedTenants } from '../identity/claimed-tenants.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { TokenKeyRecord } from './access-token.entity.js';

const capacity = 5000;

/** By `kid`. */
type OfTenant = ReadonlyMap<string, TokenKey>;

/** Public halves of the keys that tokens of ours are signed with: made once, and never another under the same kid. */
@Injectable()
export class TokenKeys {
  private readonly known = new BoundedMap<string, CryptoKey>(capacity);
  /** Keys that every gateway finds. */
  private readonly inForce = new BoundedMap<string, true>(capacity);
  private readonly tenants: ClaimedTenants<OfTenant>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly epochs: IdentityEpoch,
  ) {
    this.tenants = new ClaimedTenants(epochs, (tenantId) => this.read(tenantId));
  }

  /**
   * In the transaction that records that a token is given out. A gateway may remember that there is no such key, so a token of
   * a new key is shown to nobody before that has ended: every gateway accepts a token that has been shown.
   * @returns what to wait for after the commit
   */
  async keep(manager: EntityManager, tenantId: string, key: TokenKey): Promise<() => Promise<void>> {
    const { kid } = key;
    if (this.inForce.has(kid)) return async () => undefined;
    const isNew = await insertIfAbsent(manager, TokenKeyRecord, { tenantId, kid, jwk: key }, 'kid');
    // Another may have made it, and still be waiting.
    const epoch = isNew ? await this.epochs.change(manager) : await this.epochs.now(manager);
    return async () => {
      await this.epochs.settle(epoch, 'let-in');
      this.inForce.set(kid, true);
    };
  }

  /** The key of `<tenant>.<generation>`. @throws Error for one that signs nothing */
  async find(kid: string): Promise<CryptoKey> {
    const known = this.known.get(kid);
    if (known !== undefined) return known;
    const [tenantId] = kid.split('.');
    if (tenantId === undefined || !uuid.safeParse(tenantId).success) throw new Error('the kid does not name a tenant');
    const key = (await this.tenants.of(tenantId)).value?.get(kid);
    if (key === undefined) throw new Error('the kid does not name a key');
    return this.remember(key);
  }

  private async remember({ kid, alg, ...jwk }: TokenKey): Promise<CryptoKey> {
    const key = await importJWK(jwk, alg);
    if (key instanceof Uint8Array) throw new Error('the kid does not name a key pair');
    this.known.set(kid, key);
    return key;
  }

  private async read(tenantId: string): Promise<OfTenant | undefined> {
    const rows = await withTenant(this.dataSource, tenantId, (manager) => manager.findBy(TokenKeyRecord, { tenantId }));
    const keys = rows.map(({ jwk }) => tokenKey.parse(jwk));
    return keys.length === 0 ? undefined : new Map(keys.map((key) => [key.kid, key]));
  }
}
