import { type TokenKey, tokenKey, uuid } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import { type CryptoKey, importJWK } from 'jose';
import type { DataSource, EntityManager } from 'typeorm';

const capacity = 5000;

/** Public halves of the keys that tokens of ours are signed with: made once, and never another under the same kid. */
export class TokenKeys {
  private readonly known = new Map<string, CryptoKey>();

  constructor(private readonly dataSource: DataSource) {}

  /** In the transaction that records that a token is given out: whoever is shown it finds its key. */
  async keep(manager: EntityManager, tenantId: string, key: TokenKey): Promise<void> {
    await manager.query('INSERT INTO token_key (tenant_id, kid, jwk) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      tenantId,
      key.kid,
      JSON.stringify(key),
    ]);
  }

  /** The key of `<tenant>.<generation>`. @throws Error for one that signs nothing */
  async find(kid: string): Promise<CryptoKey> {
    const known = this.known.get(kid);
    if (known !== undefined) return known;
    const [tenantId] = kid.split('.');
    if (tenantId === undefined || !uuid.safeParse(tenantId).success) throw new Error('kid names no tenant');
    const [row] = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<{ jwk: unknown }[]>('SELECT jwk FROM token_key WHERE tenant_id = $1 AND kid = $2', [tenantId, kid]),
    );
    if (row === undefined) throw new Error('kid names no key');
    const { alg, ...jwk } = tokenKey.parse(row.jwk);
    const key = await importJWK(jwk, alg);
    if (key instanceof Uint8Array) throw new Error('kid names no key pair');
    const oldest = this.known.keys().next();
    if (this.known.size >= capacity && oldest.done !== true) this.known.delete(oldest.value);
    this.known.set(kid, key);
    return key;
  }
}
