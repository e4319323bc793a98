import {
  AnkaError,
  type Context,
  type getKey,
  type getKeyVersion,
  type getPublicKey,
  type Key,
  type KeyVersionResource,
  type listKeys,
} from '@ankasecure/contracts';
import { type CursorScope, CursorSeal, withTenant } from '@ankasecure/service-kit';
import type { DataSource, EntityManager } from 'typeorm';
import type { z } from 'zod';
import { mayWithAll } from '../access/access.js';
import { assertGranted, grantedAny } from '../access/grant.js';
import type { Custody } from '../custody/custody.js';
import { keyResource, versionResource } from './key-resource.js';
import { type KeyRow, keyRows, readKey, versionOf } from './key-store.js';
import { publicKeyOf } from './public-key.js';

type ListRequest = z.infer<typeof listKeys.request>;

/** Reading keys: always one tenant's, by the tenant of the context. */
export class ReadKey {
  private readonly cursors: CursorSeal;

  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    cursorSecret: string,
  ) {
    this.cursors = new CursorSeal(cursorSecret);
  }

  /** @throws AnkaError `key-not-found`, also for another tenant's key; `key-access-denied` */
  async get(context: Context, { id }: z.infer<typeof getKey.request>): Promise<Key> {
    const current = (await this.rows(context, id)).at(-1);
    if (current === undefined) throw new AnkaError('key-not-found');
    return keyResource(this.custody, current);
  }

  /** All versions, the current one first. @throws AnkaError `key-not-found`, `key-access-denied` */
  async versions(context: Context, { id }: { id: string }): Promise<{ items: KeyVersionResource[] }> {
    const rows = await this.rows(context, id);
    if (rows.length === 0) throw new AnkaError('key-not-found');
    return { items: rows.toReversed().map((row) => versionResource(this.custody, row)) };
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied` */
  async version(context: Context, { id, version }: z.infer<typeof getKeyVersion.request>): Promise<KeyVersionResource> {
    const row = (await this.rows(context, id)).find((candidate) => candidate.version === version);
    if (row === undefined) throw new AnkaError('key-not-found');
    return versionResource(this.custody, row);
  }

  /** @throws AnkaError `key-not-found`, `key-access-denied`, `purpose-mismatch` for a secret key, which has no public half */
  async publicKey(
    context: Context,
    { id, version }: z.infer<typeof getPublicKey.request>,
  ): Promise<z.infer<typeof getPublicKey.reply>> {
    const rows = await this.rows(context, id);
    const row = version === undefined ? rows.at(-1) : rows.find((candidate) => candidate.version === version);
    if (row === undefined) throw new AnkaError('key-not-found');
    const publicKey = publicKeyOf(versionOf(row));
    if (publicKey === null) throw new AnkaError('purpose-mismatch', 'A secret key has no public key');
    return { keyId: id, version: row.version, ...publicKey };
  }

  private rows(context: Context, id: string): Promise<KeyRow[]> {
    return withTenant(this.dataSource, context.tenantId, (manager) => readVisibleKey(manager, context, id));
  }

  /** Newest first, those that the caller may see; the position is the last key's creation time in microseconds and its id. */
  async list(
    context: Context,
    { limit, cursor, ...filter }: ListRequest,
  ): Promise<{ items: Key[]; next: string | null }> {
    const { tenantId } = context;
    const scope: CursorScope = { tenantId, listing: 'keys', filter };
    const [createdAt, id] = cursor === undefined ? [null, null] : this.cursors.open(scope, cursor).split('/');
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.query<(KeyRow & { position: string })[]>(page, [
        tenantId,
        filter.algorithm ?? null,
        filter.purpose ?? null,
        filter.state ?? null,
        filter.label ?? null,
        createdAt,
        id,
        limit + 1,
        new Date(),
        mayWithAll(context, 'view'),
        context.principal,
        context.groups ?? [],
      ]),
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map((row) => keyResource(this.custody, row)),
      next: rows.length > limit && last !== undefined ? this.cursors.seal(scope, `${last.position}/${last.id}`) : null,
    };
  }
}

/** All versions of a key the caller may see. @throws AnkaError `key-access-denied` for one it may not */
const readVisibleKey = async (manager: EntityManager, context: Context, id: string): Promise<KeyRow[]> => {
  const rows = await readKey(manager, context.tenantId, id);
  if (rows.length > 0) await assertGranted(manager, context, 'view', id);
  return rows;
};

/** Any grant lets a key be seen. */
const page = `
  SELECT found.*, (extract(epoch FROM found.created_at) * 1000000)::bigint::text AS position FROM (${keyRows}
    WHERE k.tenant_id = $1
      AND v.version = (SELECT max(newest.version) FROM key_version newest WHERE newest.tenant_id = k.tenant_id AND newest.key_id = k.id)
      AND ($2::text IS NULL OR k.algorithm = $2)
      AND ($3::text IS NULL OR k.purpose = $3)
      AND ($4::text IS NULL OR state_at(v.state, v.activate_at, v.deactivate_at, $9) = $4)
      AND ($5::text IS NULL OR k.label = $5)
      AND ($10 OR ${grantedAny('k.tenant_id', 'k.id', '$11', '$12')})
      AND ($6::bigint IS NULL OR (k.created_at, k.id) < ('epoch'::timestamptz + $6 * interval '1 microsecond', $7::uuid))
    ORDER BY k.created_at DESC, k.id DESC LIMIT $8) found`;
