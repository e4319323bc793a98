import type { AuditEvent } from '@ankasecure/contracts';
import { type Logger, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { PlatformKeys } from '../audit-mac/platform-key.js';
import type { Custody, WrappedKey, Wrapping } from '../custody/custody.js';
import type { ObjectDestroyer } from '../key/destroy-object.js';
import type { Intent, Intents } from '../key/intent.js';
import { type KeyRow, keyRows, versionOf } from '../key/key-store.js';
import type { Lease } from '../key/lease.js';
import { Rounds } from '../key/rounds.js';
import { eventOf } from '../outcome/event.js';
import { recordKekDestroyed } from './record-destroyed.js';

interface OpenRotation {
  readonly tenant_id: string;
  readonly generation: number;
  readonly started_by: string;
  readonly correlation_id: string;
}

interface Rewrapped {
  readonly row: KeyRow;
  readonly wrapped: WrappedKey;
}

const everyMs = 500;
/** Key versions wrapped again, and recorded, at a time. */
const pageSize = 50;
/** For one page in the HSM, in milliseconds. */
const budgetMs = 60_000;
/** How long a rotation rests of which something could not be wrapped again, in milliseconds. */
const restMs = 30_000;

/**
 * Goes on with rotations of KEKs, page after page: unwrapped and wrapped again inside the token, then recorded in one commit
 * where the blob is still the one that was read. Whoever dies has done whole pages, and any worker goes on from there. When
 * nothing needs an older KEK any more it is destroyed, and that is the end.
 */
export class RewrapKeys {
  private rounds: Rounds | undefined;
  private readonly resting = new Map<string, number>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly means: { readonly custody: Custody; readonly platformKeys: PlatformKeys; readonly lease: Lease },
    private readonly intents: Intents,
    private readonly destroyer: ObjectDestroyer,
    private readonly log: Logger,
  ) {}

  start(partition: string): void {
    this.rounds = new Rounds(everyMs, () => this.round(partition), this.log, 'the rotation of KEKs');
    this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds?.stop();
  }

  private async round(partition: string): Promise<void> {
    const { custody, lease } = this.means;
    if (!custody.healthy()) return;
    const open = await this.dataSource.query<OpenRotation[]>('SELECT * FROM open_kek_rotations($1)', [partition]);
    for (const rotation of open) {
      if (this.stopped) return;
      if ((this.resting.get(rotation.tenant_id) ?? 0) > Date.now()) continue;
      await lease.alone(`kek:${rotation.tenant_id}`, async () => {
        if (await this.rewrapAll(rotation)) await this.destroyOlder(rotation);
        else if (!this.stopped) this.resting.set(rotation.tenant_id, Date.now() + restMs);
      });
    }
  }

  private get stopped(): boolean {
    return this.rounds?.isStopped === true;
  }

  /** @returns false where something is left */
  private async rewrapAll({ tenant_id: tenantId, generation }: OpenRotation): Promise<boolean> {
    let complete = true;
    for (let after: readonly [string, number] = [firstId, 0]; !this.stopped; ) {
      const rows = await withTenant(this.dataSource, tenantId, (manager) =>
        manager.query<KeyRow[]>(page, [tenantId, generation, ...after, pageSize]),
      );
      const last = rows.at(-1);
      if (last === undefined) return complete;
      complete = (await this.rewrapPage(tenantId, generation, rows)) && complete;
      after = [last.id, last.version];
    }
    return false;
  }

  private async rewrapPage(tenantId: string, generation: number, rows: readonly KeyRow[]): Promise<boolean> {
    const { objectId: kek } = await this.means.platformKeys.find(tenantId, 'kek', generation);
    const settled = await Promise.allSettled(rows.map((row) => this.rewrap(row, kek, generation)));
    const done: Rewrapped[] = [];
    for (const [index, result] of settled.entries())
      if (result.status === 'fulfilled') done.push(result.value);
      else {
        const { id: keyId, version } = rows[index] as KeyRow;
        const reason = (result.reason as Error).message;
        this.log.error({ keyId, version, reason }, 'a key could not be wrapped again; its KEK stays until it can');
      }
    await withTenant(this.dataSource, tenantId, (manager) => record(manager, tenantId, generation, done));
    return done.length === rows.length;
  }

  private async rewrap(row: KeyRow, kek: Uint8Array, kekGeneration: number): Promise<Rewrapped> {
    const { ref } = versionOf(row);
    const to: Wrapping = { ...(ref.wrapped?.wrapping as Wrapping), kek, kekGeneration };
    const { value } = await this.means.custody.rewrap({ deadline: Date.now() + budgetMs }, ref, to);
    return { row, wrapped: value };
  }

  /** Nothing needs them: every blob names a newer one, and none that names an older one is recorded any more. */
  private async destroyOlder(rotation: OpenRotation): Promise<void> {
    const { tenant_id: tenantId, generation } = rotation;
    const older = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<{ generation: number; object_id: Buffer }[]>(
        `SELECT generation, object_id FROM platform_key
         WHERE tenant_id = $1 AND kind = 'kek' AND generation < $2 AND destroyed_at IS NULL ORDER BY generation`,
        [tenantId, generation],
      ),
    );
    for (const kek of older) await this.destroy(rotation, kek);
  }

  private async destroy(
    { tenant_id: tenantId, generation, started_by: startedBy, correlation_id: correlationId }: OpenRotation,
    kek: { readonly generation: number; readonly object_id: Buffer },
  ): Promise<void> {
    const event: AuditEvent = eventOf(
      { tenantId, principal: 'crypto-worker', correlationId },
      {
        operation: 'kek.destroy',
        keyId: null,
        algorithm: 'AES-256',
        outcome: 'success',
        failureCode: null,
        details: { generation: String(kek.generation), replacedBy: String(generation), startedBy },
      },
    );
    const intent = await this.intents.beginDestroying({ tenantId }, kek.object_id, event, (manager) =>
      isUnneeded(manager, tenantId, kek.generation),
    );
    if (intent === undefined) return;
    await this.end(intent, event);
  }

  private async end(intent: Intent, event: AuditEvent): Promise<void> {
    try {
      await this.destroyer.destroy(intent, (manager) => recordKekDestroyed(manager, intent, event));
    } catch (error) {
      await this.intents.abandon(intent);
      throw error;
    } finally {
      this.intents.letGo(intent);
    }
  }
}

const firstId = '00000000-0000-0000-0000-000000000000';

const page = `${keyRows} WHERE k.tenant_id = $1 AND v.kek_generation < $2 AND (v.key_id, v.version) > ($3::uuid, $4::int)
  ORDER BY v.key_id, v.version LIMIT $5`;

/** The revision moves, so that no worker goes on with the blob before: its KEK will be gone. */
const record = async (
  manager: EntityManager,
  tenantId: string,
  generation: number,
  done: readonly Rewrapped[],
): Promise<void> => {
  if (done.length === 0) return;
  await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
  await manager.query(
    `UPDATE key_version v SET wrapped_blob = n.blob, wrapped_mac = n.mac, kek_generation = $2, revision = v.revision + 1
     FROM unnest($3::uuid[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[]) AS n (key_id, version, before, blob, mac)
     WHERE v.tenant_id = $1 AND v.key_id = n.key_id AND v.version = n.version AND v.wrapped_blob = n.before`,
    [
      ...[tenantId, generation],
      ...[done.map(({ row }) => row.id), done.map(({ row }) => row.version), done.map(({ row }) => row.wrapped_blob)],
      ...[done.map(({ wrapped }) => wrapped.blob), done.map(({ wrapped }) => wrapped.mac)],
    ],
  );
};

const isUnneeded = async (manager: EntityManager, tenantId: string, generation: number): Promise<boolean> => {
  await manager.query('SELECT pg_advisory_xact_lock(fence_of($1))', [tenantId]);
  const rows = await manager.query<unknown[]>(
    `SELECT 1 FROM key_version WHERE tenant_id = $1 AND kek_generation <= $2
     UNION ALL SELECT 1 FROM intent i JOIN platform_key p USING (tenant_id, object_id)
       WHERE p.tenant_id = $1 AND p.kind = 'kek' AND p.generation = $2 LIMIT 1`,
    [tenantId, generation],
  );
  return rows.length === 0;
};
