import { type TokenKey, tokenKey, uuid } from '@ankasecure/contracts';
import { assertAsked, BoundedMap, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { type CryptoKey, importJWK } from 'jose';
import { DataSource, type EntityManager } from 'typeorm';
import { ClaimedTenants } from '../identity/claimed-tenants.js';
import { IdentityEpoch } from '../identity/identity-epoch.js';
import { lockTenant } from '../identity/tenant-lock.statement.js';
import { TokenKeyRecord } from './access-token.entity.js';

const capacity = 5000;

/** The keys of a tenant, by `kid`. */
type KeysByKid = ReadonlyMap<string, TokenKey>;

/** The public halves of the keys that sign the platform's tokens. A kid names one key for ever. */
@Injectable()
export class TokenKeys {
  private readonly known = new BoundedMap<string, CryptoKey>(capacity);
  /** The kids whose keys every gateway knows. */
  private readonly inForce = new BoundedMap<string, true>(capacity);
  private readonly tenants: ClaimedTenants<KeysByKid>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly epochs: IdentityEpoch,
  ) {
    this.tenants = new ClaimedTenants(epochs, (tenantId) => this.read(tenantId));
  }

  /**
   * Stores the key in the transaction that records the issued token, before the event: that names the new record. Another gateway may have cached that the key does not
   * exist, so a token of a new key is returned only after that cache is outdated. Every gateway then accepts the token.
   * @returns a function that waits for this after the commit
   */
  async keep(manager: EntityManager, tenantId: string, key: TokenKey): Promise<() => Promise<void>> {
    const { kid } = key;
    if (this.inForce.has(kid)) return async () => undefined;
    // Another transaction may have created the key and may still wait for the gateways.
    const epoch = (await insertNew(manager, tenantId, key))
      ? await this.epochs.change(manager)
      : await this.epochs.now(manager);
    return async () => {
      await this.epochs.settle(epoch, 'let-in');
      this.inForce.set(kid, true);
    };
  }

  /** The key of `<tenant>.<generation>`. @throws Error if the kid names no signing key */
  async find(kid: string): Promise<CryptoKey> {
    const known = this.known.get(kid);
    if (known !== undefined) return known;
    const tenantId = uuid.safeParse(kid.split('.')[0]).data;
    if (tenantId === undefined) throw new Error('the kid does not name a tenant');
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

  private async read(tenantId: string): Promise<KeysByKid | undefined> {
    const rows = await withTenant(this.dataSource, tenantId, (manager) => manager.findBy(TokenKeyRecord, { tenantId }));
    const keys = rows.filter((row) => row.tenantId === tenantId).map(({ jwk }) => tokenKey.parse(jwk));
    return keys.length === 0 ? undefined : new Map(keys.map((key) => [key.kid, key]));
  }
}

/** @returns false if the key is stored already */
const insertNew = async (manager: EntityManager, tenantId: string, key: TokenKey): Promise<boolean> => {
  const { kid } = key;
  await lockTenant(manager, 'token-keys', tenantId);
  const held = await manager.findOneBy(TokenKeyRecord, { tenantId, kid });
  if (held !== null) {
    assertAsked(manager, held, { tenantId, kid });
    return false;
  }
  await manager.insert(TokenKeyRecord, { tenantId, kid, jwk: key });
  return true;
};
