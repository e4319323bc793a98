import { randomUUID } from 'node:crypto';
import { initialPolicy } from '@ankasecure/policy-rules';
import { CursorSeal, removeRecord } from '@ankasecure/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KeyAliases } from '../alias/key-alias.js';
import type { Custody } from '../custody/custody.js';
import { lockFreeKids, writeFormerKids } from '../key/former-kids.js';
import { KeyStore, type NameKind } from '../key/key-store.js';
import { FormerKidRecord } from '../key/record/former-kid.entity.js';
import { KeyAliasRecord } from '../key/record/key-alias.entity.js';
import { TenantPolicyRecord } from '../key/record/tenant-policy.entity.js';
import { GroupCommit } from '../outcome/group-commit.js';
import { KeyActionRunner } from '../outcome/key-action.js';
import type { EnforcedPolicies } from '../policy/enforced-policy.js';
import { TenantCaches } from '../restore/tenant-caches.js';
import { insertKeyInUse, type SealedWorker, startSealedWorker, TestTrail } from '../testing/sealed-worker.js';
import { TableOwner } from '../testing/table-owner.js';
import { contextOf, ownClock, silent, startWorkerDatabase, type WorkerDatabase } from '../testing/worker-database.js';

const [tenantId, first, second] = [randomUUID(), randomUUID(), randomUUID()];

/** How a key gets another name, by the kind of its record. */
interface Naming {
  readonly give: (worker: SealedWorker, name: string, keyId: string) => Promise<unknown>;
  readonly take: (worker: SealedWorker, name: string) => Promise<unknown>;
  readonly target: (
    name: string,
  ) => { readonly alias: string } | { readonly formerKid: string; readonly version: null };
}

describe('another name of a key, whose row the database has lost', () => {
  let database: WorkerDatabase;
  let outcomes: GroupCommit;
  let owner: TableOwner;
  let trail: TestTrail;
  let writer: SealedWorker;
  let reader: SealedWorker;
  beforeAll(async () => {
    database = await startWorkerDatabase();
    outcomes = new GroupCommit(database.config, database.outbox, ownClock, silent);
    owner = new TableOwner(database);
    trail = new TestTrail(database);
    [writer, reader] = [await startSealedWorker(database, trail), await startSealedWorker(database, trail)];
    await writer.change(tenantId, async (manager) => {
      for (const keyId of [first, second]) await insertKeyInUse(manager, tenantId, keyId);
      await manager.insert(TenantPolicyRecord, { tenantId, revision: 1, document: initialPolicy });
    });
    await trail.seal();
  });
  afterAll(async () => {
    for (const worker of [writer, reader]) await worker.stop();
    await outcomes.close();
    await database.stop();
  });

  const aliasesOf = ({ dataSource }: SealedWorker) => {
    const actions = new KeyActionRunner(dataSource, new KeyStore(dataSource), outcomes, database.outbox, ownClock);
    return new KeyAliases(dataSource, actions, new CursorSeal('c'.repeat(32)));
  };
  const namings: Readonly<Record<NameKind, Naming>> = {
    key_alias: {
      give: (worker, name, keyId) => aliasesOf(worker).put(contextOf(tenantId), { name, keyId }),
      take: (worker, name) => aliasesOf(worker).remove(contextOf(tenantId), { name }),
      target: (alias) => ({ alias }),
    },
    former_kid: {
      give: (worker, kid, keyId) =>
        worker.change(tenantId, async (manager) => {
          await lockFreeKids(manager, tenantId, [kid]);
          await writeFormerKids(manager, tenantId, { keyId }, [kid]);
        }),
      take: (worker, kid) =>
        worker.change(tenantId, async (manager) => {
          await removeRecord(manager, await manager.findOneByOrFail(FormerKidRecord, { tenantId, kid }));
        }),
      target: (formerKid) => ({ formerKid, version: null }),
    },
  };
  const cases = Object.entries(namings) as [NameKind, Naming][];
  const outdated = { code: 'record-outdated' };

  it.each(cases)('is not given to another key: %s', async (kind, { give }) => {
    await give(writer, `lost/${kind}`, first);
    await trail.seal();
    await owner.attack(kind, [`DELETE FROM ${kind}`], async () => {
      for (const worker of [writer, reader])
        await expect(give(worker, `lost/${kind}`, second)).rejects.toMatchObject(outdated);
    });
  });

  it.each(cases)('is given again once it was taken on record: %s', async (kind, { give, take }) => {
    await give(writer, `taken-${kind}`, first);
    await take(writer, `taken-${kind}`);
    await trail.seal();
    for (const worker of [reader, writer]) {
      await give(worker, `taken-${kind}`, second);
      await trail.seal();
      await take(worker, `taken-${kind}`);
      await trail.seal();
    }
  });

  it.each(cases)('leaves the memory of a worker when the trail holds another key for it: %s', async (kind, naming) => {
    const name = `moved/${kind}`;
    const keys = new KeyStore(reader.dataSource);
    const custody = { forgetUnwrapped: () => undefined } as unknown as Custody;
    expect(new TenantCaches(keys, {} as EnforcedPolicies, custody, reader.history)).toBeDefined();
    const meant = async () => (await keys.meant(tenantId, naming.target(name))).keyId;
    await naming.give(writer, name, first);
    await trail.seal();
    expect(await meant()).toBe(first);
    // Nothing that the database's owner may have replaced tells this worker: no revision of the old key changes.
    await owner.run(`DELETE FROM ${kind} WHERE key_id = '${first}'`);
    const deceived = await startSealedWorker(database, new TestTrail(database));
    try {
      await naming.give(deceived, name, second);
    } finally {
      await deceived.stop();
    }
    await trail.seal();
    await reader.history.compareAgain(new Set([tenantId]));
    expect(await meant()).toBe(second);
  });

  it('has a record of its kind in the database', () => {
    const kinds = [KeyAliasRecord, FormerKidRecord].map((entity) => reader.dataSource.getMetadata(entity).tableName);
    expect(kinds.toSorted()).toEqual(Object.keys(namings).toSorted());
  });
});
