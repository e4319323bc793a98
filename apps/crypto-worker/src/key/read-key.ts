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
import { assertGranted } from '../access/grant.js';
import type { Custody } from '../custody/custody.js';
import { keyPage } from './key-page.js';
import { keyResource, versionResource } from './key-resource.js';
import { publicKeyOf } from './public-key.js';
import type { KeyVersionRecord } from './record/key-version.entity.js';
import { readKey, versionOf } from './version-record.js';

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

  private rows(context: Context, id: string): Promise<KeyVersionRecord[]> {
    return withTenant(this.dataSource, context.tenantId, (manager) => readVisibleKey(manager, context, id));
  }

  /** Lists the keys that the caller may see, newest first. */
  async list(
    context: Context,
    { limit, cursor, ...filter }: ListRequest,
  ): Promise<{ items: Key[]; next: string | null }> {
    const { tenantId } = context;
    const scope: CursorScope = { tenantId, listing: 'keys', filter };
    const after = cursor === undefined ? undefined : this.cursors.open(scope, cursor);
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      keyPage(manager, context, filter, after, limit + 1),
    );
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      items: shown.map(({ record }) => keyResource(this.custody, record)),
      next: rows.length > limit && last !== undefined ? this.cursors.seal(scope, last.position) : null,
    };
  }
}

/** All versions of a key the caller may see. @throws AnkaError `key-access-denied` for one it may not */
const readVisibleKey = async (manager: EntityManager, context: Context, id: string): Promise<KeyVersionRecord[]> => {
  const rows = await readKey(manager, context.tenantId, id);
  if (rows.length > 0) await assertGranted(manager, context, 'view', id);
  return rows;
};
