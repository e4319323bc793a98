import type { AlgorithmName } from '@ankasecure/algorithm';
import { AnkaError, type Context } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody, GeneratedKey, PlatformKeyKind, Wrapping } from '../custody/custody.js';
import type { ObjectMaker } from '../object/make-object.js';
import { eventOf } from '../outcome/event.js';

export interface PlatformKey {
  readonly generation: number;
  readonly objectId: Buffer;
  /** DER SubjectPublicKeyInfo of a pair; null for secret keys. */
  readonly spki: Buffer | null;
}

const algorithms = {
  kek: 'AES-256',
  'audit-mac': 'HMAC-SHA256',
  'blob-mac': 'HMAC-SHA256',
  import: 'RSA-4096',
  'token-signing': 'EC-P256',
} as const satisfies Record<PlatformKeyKind, AlgorithmName>;

/** The keys in the HSM that serve a tenant and are none of its own: its KEK, what its trail and its wrapped keys are authenticated with, what keys are brought in under, and what signs its access tokens. */
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
    if (key === undefined) throw new AnkaError('tenant-unknown', 'The tenant does not exist on this partition');
    return key;
  }

  /** The newest of its kind, made when there is none: for a kind that not every tenant needs. */
  async provide(context: Context, kind: PlatformKeyKind): Promise<PlatformKey> {
    if ((await this.newest(context.tenantId, kind)) === undefined) await this.make(context, kind);
    return this.find(context.tenantId, kind, null);
  }

  /** With what a key version that is to be made is wrapped. The tenant's first finds no `blob-mac` key, and has one made. */
  async wrapping(context: Context, keyId: string, version: number): Promise<Wrapping> {
    const { tenantId } = context;
    const { objectId: blobMac } = await this.provide(context, 'blob-mac');
    const { objectId: kek, generation: kekGeneration } = await this.find(tenantId, 'kek', null);
    return { kek, kekGeneration, blobMac, tenantId, keyId, version };
  }

  private async newest(
    tenantId: string,
    kind: PlatformKeyKind,
    generation: number | null = null,
  ): Promise<PlatformKey | undefined> {
    const [row] = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<{ generation: number; object_id: Buffer; spki: Buffer | null }[]>(
        `SELECT generation, object_id, spki FROM platform_key
         WHERE tenant_id = $1 AND kind = $2 AND ($3::int IS NULL OR generation = $3) AND partition = $4 ORDER BY generation DESC LIMIT 1`,
        [tenantId, kind, generation, this.partition],
      ),
    );
    return row === undefined ? undefined : { generation: row.generation, objectId: row.object_id, spki: row.spki };
  }

  /** What a tenant's people wrap keys with that they bring in; made when it is first asked for. */
  async importKey(context: Context): Promise<PlatformKey & { readonly spki: Buffer }> {
    const key = await this.provide(context, 'import');
    if (key.spki === null) throw new AnkaError('internal-error');
    return { ...key, spki: key.spki };
  }

  /**
   * The next KEK of a tenant.
   * @param also written in the commit that records it. @returns undefined where that, or another worker, did not let it
   */
  makeKek(
    context: Context,
    generation: number,
    also: (manager: EntityManager) => Promise<boolean>,
  ): Promise<GeneratedKey | undefined> {
    return this.make(context, 'kek', generation, 'kek.rotate', also);
  }

  private make(
    context: Context,
    kind: PlatformKeyKind,
    generation = 1,
    operation = `${kind}.create`,
    also: (manager: EntityManager) => Promise<boolean> = () => Promise.resolve(true),
  ): Promise<GeneratedKey | undefined> {
    return this.maker.make(context, {
      event: eventOf(context, {
        operation,
        keyId: null,
        algorithm: algorithms[kind],
        outcome: 'success',
        failureCode: null,
        details: { partition: this.partition, generation: String(generation) },
      }),
      make: (objectId) =>
        this.custody.generatePlatformKey(context, kind, objectId, this.labelOf(kind, context.tenantId)),
      record: async (manager, objectId, { spki }) =>
        (await also(manager)) && this.record(manager, context.tenantId, { kind, objectId, generation, spki }),
    });
  }

  private labelOf(kind: PlatformKeyKind, tenantId: string): string {
    return kind === 'kek' ? `${this.kekLabelPrefix}:${tenantId}` : `ankasecure:${kind}:${tenantId}`;
  }

  /** @returns false when another worker was first */
  private async record(
    manager: EntityManager,
    tenantId: string,
    { kind, objectId, generation, spki }: Recorded,
  ): Promise<boolean> {
    const { label, serial } = this.custody.token;
    const rows = await manager.query<unknown[]>(
      `INSERT INTO platform_key (tenant_id, kind, generation, partition, token_label, token_serial, object_id, spki)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING RETURNING generation`,
      [tenantId, kind, generation, this.partition, label, serial, objectId, spki],
    );
    return rows.length === 1;
  }
}

interface Recorded {
  readonly kind: PlatformKeyKind;
  readonly objectId: Uint8Array;
  readonly generation: number;
  readonly spki: Uint8Array | null;
}
