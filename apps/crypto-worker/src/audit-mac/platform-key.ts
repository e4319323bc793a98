import type { AlgorithmName } from '@ankasecure/algorithm';
import { AnkaError, type Context } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody, PlatformKeyKind } from '../custody/custody.js';
import type { ObjectMaker } from '../key/make-object.js';
import { eventOf } from '../outcome/event.js';

export interface PlatformKey {
  readonly generation: number;
  readonly objectId: Buffer;
  /** DER SubjectPublicKeyInfo; null for secret keys. */
  readonly spki: Buffer | null;
}

/** What each kind is, and how it is labelled on the token. */
const kinds: Readonly<Record<PlatformKeyKind, { readonly algorithm: AlgorithmName; readonly label: string | null }>> = {
  kek: { algorithm: 'AES-256', label: null },
  'audit-mac': { algorithm: 'HMAC-SHA256', label: 'ankasecure:audit-mac' },
  'token-signing': { algorithm: 'EC-P256', label: 'ankasecure:token-signing' },
};

/** The keys in the HSM that serve a tenant and are none of its own: its KEK, its audit MAC key, and what signs its access tokens. */
export class PlatformKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly maker: ObjectMaker,
    private readonly partition: string,
    private readonly kekLabelPrefix: string,
  ) {}

  /** Makes what the tenant lacks, first the key that seals what is reported of the rest. Two workers at once make each key once: the loser's object is destroyed. */
  async provision(context: Context): Promise<void> {
    for (const kind of ['audit-mac', 'kek'] as const) {
      if ((await this.newest(context.tenantId, kind)) === undefined) await this.make(context, kind);
    }
  }

  /**
   * @param generation null for the newest
   * @throws AnkaError `tenant-unknown` when the tenant has none
   */
  async find(tenantId: string, kind: PlatformKeyKind, generation: number | null): Promise<PlatformKey> {
    const key = await this.newest(tenantId, kind, generation);
    if (key === undefined) throw new AnkaError('tenant-unknown', 'The tenant is not provisioned on this partition');
    return key;
  }

  /** The newest of its kind, made when there is none: for a kind that not every tenant needs. */
  async provide(context: Context, kind: PlatformKeyKind): Promise<PlatformKey> {
    if ((await this.newest(context.tenantId, kind)) === undefined) await this.make(context, kind);
    return this.find(context.tenantId, kind, null);
  }

  private async newest(
    tenantId: string,
    kind: PlatformKeyKind,
    generation: number | null = null,
  ): Promise<PlatformKey | undefined> {
    const [row] = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<{ generation: number; object_id: Buffer; spki: Buffer | null }[]>(
        `SELECT generation, object_id, spki FROM platform_key
         WHERE tenant_id = $1 AND kind = $2 AND ($3::int IS NULL OR generation = $3) ORDER BY generation DESC LIMIT 1`,
        [tenantId, kind, generation],
      ),
    );
    return row === undefined ? undefined : { generation: row.generation, objectId: row.object_id, spki: row.spki };
  }

  private async make(context: Context, kind: PlatformKeyKind): Promise<void> {
    await this.maker.make(context, {
      event: eventOf(context, {
        operation: `${kind}.create`,
        keyId: null,
        algorithm: kinds[kind].algorithm,
        outcome: 'success',
        failureCode: null,
        details: { partition: this.partition, generation: '1' },
      }),
      make: (objectId) =>
        this.custody.generatePlatformKey(context, kind, objectId, this.labelOf(kind, context.tenantId)),
      record: (manager, objectId, { value: { spki } }) =>
        this.record(manager, context.tenantId, kind, { objectId, spki }),
    });
  }

  private labelOf(kind: PlatformKeyKind, tenantId: string): string {
    return `${kinds[kind].label ?? this.kekLabelPrefix}:${tenantId}`;
  }

  /** @returns false when another worker was first */
  private async record(
    manager: EntityManager,
    tenantId: string,
    kind: PlatformKeyKind,
    { objectId, spki }: { readonly objectId: Uint8Array; readonly spki: Uint8Array | null },
  ): Promise<boolean> {
    const { label, serial } = this.custody.token;
    const rows = await manager.query<unknown[]>(
      `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id, spki)
       VALUES ($1, $2, 1, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING generation`,
      [tenantId, kind, this.partition, label, serial, objectId, spki],
    );
    return rows.length === 1;
  }
}
