import { randomUUID } from 'node:crypto';
import { type Context, type listAliases } from '@ankasecure/contracts';
import { CursorSeal } from '@ankasecure/service-kit';
import { honest, type Mistake, mistaking } from '@ankasecure/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { contextOf, insertKey, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';
import { KeyAliases } from './key-alias.js';

const tenantId = randomUUID();
const [byName, byGroup, hidden] = [randomUUID(), randomUUID(), randomUUID()];

describe('the list of aliases', () => {
  let database: WorkerDatabase;
  let aliases: KeyAliases;

  beforeAll(async () => {
    database = await startWorkerDatabase();
    aliases = new KeyAliases(database.dataSource, undefined as never, new CursorSeal('c'.repeat(32)));
    for (const [name, keyId] of [
      ['a-by-name', byName],
      ['b-hidden', hidden],
      ['c-by-group', byGroup],
    ] as const) {
      await insertKey(database.superuser, tenantId, keyId);
      await database.superuser.query('INSERT INTO key_alias (tenant_id, name, key_id) VALUES ($1, $2, $3)', [
        tenantId,
        name,
        keyId,
      ]);
    }
    for (const [keyId, kind, grantee] of [
      [byName, 'subject', 'tester'],
      [byGroup, 'group', 'signers'],
      [hidden, 'group', 'others'],
    ])
      await database.superuser.query(
        `INSERT INTO key_grant (tenant_id, key_id, kind, grantee, rights, granted_by) VALUES ($1, $2, $3, $4, '{view}', 'x')`,
        [tenantId, keyId, kind, grantee],
      );
  });
  afterAll(() => database.stop());

  const user: Context = { ...contextOf(tenantId), roles: ['user'], groups: ['signers'] };
  const list = async (context: Context, more: Partial<z.infer<typeof listAliases.request>> = {}) => {
    const { items, next } = await aliases.list(context, { limit: 10, ...more });
    return { names: items.map(({ name }) => name), next };
  };

  it('shows an administrator the aliases of all keys', async () => {
    expect(await list(contextOf(tenantId))).toEqual({ names: ['a-by-name', 'b-hidden', 'c-by-group'], next: null });
    expect(await list(contextOf(randomUUID()))).toEqual({ names: [], next: null });
  });

  it('shows a user the aliases of the keys that are granted to them or to their groups', async () => {
    expect(await list(user)).toEqual({ names: ['a-by-name', 'c-by-group'], next: null });
    expect(await list({ ...user, groups: [] })).toEqual({ names: ['a-by-name'], next: null });
    expect(await list(user, { keyId: byGroup })).toEqual({ names: ['c-by-group'], next: null });
    expect(await list(user, { keyId: hidden })).toEqual({ names: [], next: null });
  });

  it('names no other key where the database answers with another alias', async () => {
    const [asked, told] = ['a-by-name', 'b-hidden'];
    const mistake: Mistake = { table: 'key_alias', column: 'name', type: 'text', asked, told };
    const resolved = () => aliases.resolve(contextOf(tenantId), { name: asked });
    await database.superuser.query(mistaking(mistake));
    await expect(resolved()).rejects.toMatchObject({ code: 'record-forged', retryable: false });
    await database.superuser.query(honest(mistake));
    expect(await resolved()).toEqual({ keyId: byName });
  });

  it('continues after the last alias of a page', async () => {
    const first = await list(user, { limit: 1 });
    expect(first.names).toEqual(['a-by-name']);
    expect(await list(user, { limit: 1, cursor: first.next ?? '' })).toEqual({ names: ['c-by-group'], next: null });
  });
});
