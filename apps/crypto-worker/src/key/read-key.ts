import {
  AnkaError,
  type Context,
  type getKey,
  type getKeyVersion,
  type getPublicKey,
  type Key,
  type KeyVersionResource,
  type listKeys,
  type listKeyVersions,
  noSuchKey,
  noSuchVersion,
} from '@ankasecure/contracts';
import { Clock, type CursorScope, CursorSeal, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import type { z } from 'zod';
import { mayWithAll } from '../access/access.js';
import { assertGranted, assertGrantsGenuine, grantedAny } from '../access/grant.js';
import { Custody } from '../custody/custody.js';
import { readFormerKids } from './former-kids.js';
import { keyResource, versionResource } from './key-resource.js';
import { versionOf } from './key-store.js';
import { certificateMembers, publicKeyOf } from './public-key.js';
import { assertWhole } from './record/assert-whole.js';
import { KeyRecord } from './record/key.entity.js';
import {
  currentNumber,
  readVersion,
  readVersions,
  type StoredVersion,
  selectVersions,
} from './record/select-version.js';

type ListRequest = z.infer<typeof listKeys.request>;

/** Reads the keys of one tenant: the context's. */
@Injectable()
export class ReadKey {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly cursors: CursorSeal,
    private readonly clock: Clock,
  ) {}

  /** @throws AnkaError `key-not-found`, also for another tenant's key; `key-access-denied` */
  async get(context: Context, { id }: z.infer<typeof getKey.request>): Promise<Key> {
    const row = await this.row(context, id, null);
    const formerKids = await withTenant(this.dataSource, context.tenantId, (manager) =>
      readFormerKids(manager, context.tenantId, id),
    );
    return keyResource(this.custody, row, this.clock.now(), formerKids);
  }

  /** Lists the versions of a key, the current one first. @throws AnkaError `key-not-found`, `key-access-denied`, `cursor-invalid` */
  async versions(
    context: Context,
    { id, limit, cursor }: z.infer<typeof listKeyVersions.request>,
  ): Promise<{ items: KeyVersionResource[]; next: string | null }> {
    const { tenantId } = context;
    const scope: CursorScope = { tenantId, listing: 'versions', filter: { id } };
    const before = cursor === undefined ? null : Number(this.cursors.open(scope, cursor));
    const rows = await withTenant(this.dataSource, tenantId, async (manager) => {
      await assertVisible(manager, context, id);
      return readVersions(manager, tenantId, id, { before, limit: limit + 1 });
    });
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const now = this.clock.now();
    return {
      items: shown.map((row) => versionResource(this.custody, row, now)),
      next: rows.length > limit && last !== undefined ? this.cursors.seal(scope, String(last.version)) : null,
    };
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied` */
  async version(context: Context, { id, version }: z.infer<typeof getKeyVersion.request>): Promise<KeyVersionResource> {
    return versionResource(this.custody, await this.row(context, id, version), this.clock.now());
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied`; `purpose-mismatch` for a secret key, which has no public half */
  async publicKey(
    context: Context,
    { id, version }: z.infer<typeof getPublicKey.request>,
  ): Promise<z.infer<typeof getPublicKey.reply>> {
    const row = await this.row(context, id, version ?? null);
    const key = versionOf(row);
    const publicKey = publicKeyOf(key);
    if (publicKey === null) throw new AnkaError('purpose-mismatch', 'A secret key has no public key');
    const jwk = { ...publicKey.jwk, ...certificateMembers(key) };
    return { keyId: id, version: row.version, ...publicKey, jwk };
  }

  /** @param version null for the current one. @throws AnkaError `key-not-found`, `key-access-denied` */
  private row(context: Context, id: string, version: number | null): Promise<StoredVersion> {
    const { tenantId } = context;
    return withTenant(this.dataSource, tenantId, async (manager) => {
      await assertVisible(manager, context, id);
      const row = await readVersion(manager, tenantId, id, version);
      if (row === undefined) throw version === null ? noSuchKey() : noSuchVersion(version);
      return row;
    });
  }

  /**
   * Lists the keys that the caller may see, newest first. The position is the last key's creation time in microseconds and
   * its id.
   */
  async list(
    context: Context,
    { limit, cursor, ...filter }: ListRequest,
  ): Promise<{ items: Key[]; next: string | null }> {
    const { tenantId } = context;
    const scope: CursorScope = { tenantId, listing: 'keys', filter };
    const now = this.clock.now();
    const [createdAt, id] = cursor === undefined ? [null, null] : this.cursors.open(scope, cursor).split('/');
    const { entities, raw } = await withTenant(this.dataSource, tenantId, async (manager) => {
      const start = { createdAt, id, limit: limit + 1, now };
      const page = await pageOf(manager, context, filter, start).getRawAndEntities<{ position: string }>();
      await assertGrantsGenuine(
        manager,
        context,
        'view',
        page.entities.map(({ keyId }) => keyId),
      );
      const following = await followingOf(manager, tenantId, page.entities);
      await Promise.all(
        page.entities.map((stored) => assertWhole(manager, [stored, ...(following.get(stored.keyId) ?? [])], true)),
      );
      return page;
    });
    const shown = entities.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((stored) => keyResource(this.custody, stored, now)),
      next:
        entities.length > limit && last !== undefined
          ? this.cursors.seal(scope, `${raw[limit - 1]?.position}/${last.keyId}`)
          : null,
    };
  }
}

/** @throws AnkaError `key-not-found`; `key-access-denied` for a key that the caller may not see */
const assertVisible = async (manager: EntityManager, context: Context, id: string): Promise<void> => {
  if (!(await manager.existsBy(KeyRecord, { tenantId: context.tenantId, id }))) throw noSuchKey();
  await assertGranted(manager, context, 'view', id);
};

/** The versions that are to follow the current ones, by key. */
const followingOf = async (
  manager: EntityManager,
  tenantId: string,
  current: readonly StoredVersion[],
): Promise<ReadonlyMap<string, readonly StoredVersion[]>> => {
  if (current.length === 0) return new Map();
  const following = await selectVersions(manager)
    .where('version.tenantId = :tenantId AND version.keyId IN (:...ids)', {
      tenantId,
      ids: current.map(({ keyId }) => keyId),
    })
    .andWhere(`version.version > ${currentNumber('version.tenant_id', 'version.key_id')}`)
    .getMany();
  return Map.groupBy(following, ({ keyId }) => keyId);
};

/** The start of a page and its length. */
interface PageStart {
  /** Microseconds since the epoch; null for the first page. */
  readonly createdAt: string | null | undefined;
  readonly id: string | null | undefined;
  readonly limit: number;
  /** The time of the states, in milliseconds since the epoch. */
  readonly now: number;
}

/** The current versions of a page of keys, each with the key's `position`. Any grant on a key makes it visible. */
const pageOf = (
  manager: EntityManager,
  context: Context,
  { algorithm, purpose, state, label }: Omit<ListRequest, 'limit' | 'cursor'>,
  { createdAt, id, limit, now }: PageStart,
): SelectQueryBuilder<StoredVersion> => {
  const query = selectVersions(manager)
    .addSelect('(extract(epoch FROM key.created_at) * 1000000)::bigint::text', 'position')
    .where('version.tenantId = :tenantId', { tenantId: context.tenantId })
    .andWhere(`version.version = ${currentNumber('key.tenant_id', 'key.id')}`);
  if (algorithm !== undefined) query.andWhere('key.algorithm = :algorithm', { algorithm });
  if (purpose !== undefined) query.andWhere('key.purpose = :purpose', { purpose });
  if (label !== undefined) query.andWhere('key.label = :label', { label });
  if (state !== undefined)
    query.andWhere('state_at(version.state, version.activateAt, version.deactivateAt, :now) = :state', {
      now: new Date(now),
      state,
    });
  if (!mayWithAll(context, 'view'))
    query.andWhere(grantedAny('key.tenant_id', 'key.id', ':subject', ':groups'), {
      subject: context.principal,
      groups: context.groups ?? [],
    });
  if (typeof createdAt === 'string')
    query.andWhere(
      `(key.created_at, key.id) < ('epoch'::timestamptz + cast(:createdAt AS bigint) * interval '1 microsecond', cast(:after AS uuid))`,
      { createdAt, after: id },
    );
  return query.orderBy({ 'key.createdAt': 'DESC', 'key.id': 'DESC' }).limit(limit);
};
