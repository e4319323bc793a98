import type { AuditEvent } from '@ankasecure/contracts';
import { asAnkaError, type Logger, type Outbox, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { Custody, WrappedKey, Wrapping } from '../custody/custody.js';
import type { KeyVersionRecord } from '../key/record/key-version.entity.js';
import { keyVersions, versionOf } from '../key/version-record.js';
import type { Lease } from '../lease/lease.js';
import { Rounds } from '../lease/rounds.js';
import type { ObjectDestroyer } from '../object/destroy-object.js';
import type { Intent, Intents } from '../object/intent.js';
import { recordKekDestroyed } from '../object/record-destroyed.js';
import { eventOf } from '../outcome/event.js';
import type { PlatformKeys } from '../platform-key/platform-key.js';
import { type RewrapFailure, recordFailures } from './rewrap-failure.js';

interface OpenRotation {
  readonly tenant_id: string;
  readonly generation: number;
  readonly started_by: string;
  readonly correlation_id: string;
}

interface Rewrapped {
  readonly row: KeyVersionRecord;
  readonly wrapped: WrappedKey;
}

const everyMs = 500;
/** Key versions wrapped again, and recorded, at a time. */
const pageSize = 50;
/** For one page in the HSM, in milliseconds. */
const budgetMs = 60_000;
/** How long a rotation rests of which something could not be wrapped again, in milliseconds: doubled each time, up to `most`. */
const restMs = { first: 1000, most: 30_000 };

interface Means {
  readonly custody: Custody;
  readonly platformKeys: PlatformKeys;
  readonly lease: Lease;
  readonly outbox: Outbox;
}

interface Rest {
  readonly ms: number;
  readonly until: number;
}

/**
 * Goes on with rotations of KEKs, page after page: unwrapped and wrapped again inside the token, then recorded in one commit
 * where the blob is still the one that was read. Whoever dies has done whole pages, and any worker goes on from there. When
 * nothing needs an older KEK any more it is destroyed, and that is the end. A key that cannot be wrapped again holds it off, and
 * is named for people: they bring its row back as it was, or destroy the key.
 */
export class RewrapKeys {
  private rounds: Rounds | undefined;
  /** By tenant. */
  private readonly resting = new Map<string, Rest>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly means: Means,
    private readonly intents: Intents,
    private readonly destroyer: ObjectDestroyer,
    private readonly log: Logger,
  ) {}

  start(partition: string): void {
    this.rounds = new Rounds(everyMs, () => this.round(partition), this.log, 'rotation of KEKs');
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
      const { tenant_id: tenantId } = rotation;
      if ((this.resting.get(tenantId)?.until ?? 0) > Date.now()) continue;
      await lease.alone(`kek:${tenantId}`, async () => {
        if (!(await this.rewrapAll(rotation))) return this.rest(tenantId);
        this.resting.delete(tenantId);
        await this.destroyOlder(rotation);
      });
    }
  }

  private rest(tenantId: string): void {
    const last = this.resting.get(tenantId)?.ms;
    const ms = last === undefined ? restMs.first : Math.min(2 * last, restMs.most);
    this.resting.set(tenantId, { ms, until: Date.now() + ms });
  }

  private get stopped(): boolean {
    return this.rounds?.isStopped === true;
  }

  /** @returns false where something is left */
  private async rewrapAll(rotation: OpenRotation): Promise<boolean> {
    const { tenant_id: tenantId, generation } = rotation;
    let complete = true;
    for (let after: readonly [string, number] = [firstId, 0]; !this.stopped; ) {
      const rows = await withTenant(this.dataSource, tenantId, (manager) =>
        olderVersions(manager, tenantId, generation, after),
      );
      const last = rows.at(-1);
      if (last === undefined) return complete;
      complete = (await this.rewrapPage(rotation, rows)) && complete;
      after = [last.keyId, last.version];
    }
    return false;
  }

  private async rewrapPage(rotation: OpenRotation, rows: readonly KeyVersionRecord[]): Promise<boolean> {
    const { tenant_id: tenantId, generation } = rotation;
    const { objectId: kek } = await this.means.platformKeys.find(tenantId, 'kek', generation);
    const settled = await Promise.allSettled(rows.map((row) => this.rewrap(row, kek, generation)));
    const done = settled.flatMap((ended) => (ended.status === 'fulfilled' ? [ended.value] : []));
    const failed = settled.flatMap((ended, index): RewrapFailure[] =>
      ended.status === 'fulfilled' ? [] : [{ row: rows[index] as KeyVersionRecord, error: asAnkaError(ended.reason) }],
    );
    await this.recordPage(rotation, done, failed);
    return failed.length === 0;
  }

  /** What fails for now is only logged: it says nothing about the key. */
  private async recordPage(
    rotation: OpenRotation,
    done: readonly Rewrapped[],
    failed: readonly RewrapFailure[],
  ): Promise<void> {
    const { tenant_id: tenantId, generation } = rotation;
    const passing = failed.filter(({ error }) => error.retryable);
    const lasting = failed.filter(({ error }) => !error.retryable);
    const news = await withTenant(this.dataSource, tenantId, async (manager) => {
      await record(manager, tenantId, generation, done);
      const known = await recordFailures(manager, tenantId, lasting);
      const events = known.map((failure) => failureEvent(rotation, failure));
      if (events.length > 0) await this.means.outbox.write(manager, events);
      return known;
    });
    if (news.length > 0) this.means.outbox.committed(news.length);
    for (const { row, error } of news)
      this.log.error(
        { keyId: row.keyId, version: row.version, code: error.code, reason: error.message },
        'cannot rewrap a key; its KEK is kept until it can be rewrapped or is destroyed',
      );
    if (passing.length > 0)
      this.log.warn(
        { tenantId, keys: passing.length, code: passing[0]?.error.code },
        'some keys are not rewrapped yet',
      );
  }

  private async rewrap(row: KeyVersionRecord, kek: Uint8Array, kekGeneration: number): Promise<Rewrapped> {
    const { ref } = versionOf(row);
    const to: Wrapping = { ...(ref.wrapped?.wrapping as Wrapping), kek, kekGeneration };
    const wrapped = await this.means.custody.rewrap({ deadline: Date.now() + budgetMs }, ref, to);
    return { row, wrapped };
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

const failureEvent = (
  { tenant_id: tenantId, generation, started_by: startedBy, correlation_id: correlationId }: OpenRotation,
  { row, error }: RewrapFailure,
): AuditEvent =>
  eventOf(
    { tenantId, principal: 'crypto-worker', correlationId },
    {
      ...{ operation: 'kek.rewrap', keyId: row.keyId, algorithm: row.key.algorithm },
      ...{ outcome: 'failure', failureCode: error.code },
      details: {
        version: String(row.version),
        generation: String(row.kekGeneration),
        replacedBy: String(generation),
        startedBy,
      },
    },
  );

const firstId = '00000000-0000-0000-0000-000000000000';

/** A page of the versions whose blobs an older KEK wraps. @param after the key and version that ended the page before */
const olderVersions = (
  manager: EntityManager,
  tenantId: string,
  generation: number,
  [keyId, version]: readonly [string, number],
): Promise<KeyVersionRecord[]> =>
  keyVersions(manager)
    .where('version.tenantId = :tenantId AND version.kekGeneration < :generation', { tenantId, generation })
    .andWhere('(version.keyId, version.version) > (:keyId, :version)', { keyId, version })
    .orderBy('version.keyId')
    .addOrderBy('version.version')
    .limit(pageSize)
    .getMany();

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
    `UPDATE key_version v SET wrapped_blob = n.blob, wrapped_mac = n.mac, kek_generation = $2, rewrap_failure = NULL,
       revision = v.revision + 1
     FROM unnest($3::uuid[], $4::int[], $5::bytea[], $6::bytea[], $7::bytea[]) AS n (key_id, version, before, blob, mac)
     WHERE v.tenant_id = $1 AND v.key_id = n.key_id AND v.version = n.version AND v.wrapped_blob = n.before`,
    [
      ...[tenantId, generation],
      ...[done.map(({ row }) => row.keyId), done.map(({ row }) => row.version), done.map(({ row }) => row.wrappedBlob)],
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
