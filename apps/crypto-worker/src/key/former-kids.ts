import { AnkaError, formerKid, noKeyOfKid } from '@ankasecure/contracts';
import { assertAbsent, assertAsked, BoundedMap, withTenant } from '@ankasecure/service-kit';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { forgetName } from './forget-name.js';
import { parseKid } from './key-version.js';
import { holdFormerKids } from './lock/tenant-fence.sql.js';
import { FormerKidRecord } from './record/former-kid.entity.js';
import { KeyRecord } from './record/key.entity.js';

/** The most kids that are kept in memory. The one that was unused for longest leaves first. */
const capacity = 20_000;

/** The version that an import makes. Records of its kids name none. */
const importedVersion = 1;

/** A version of a key. */
interface Imported {
  readonly keyId: string;
  readonly version: number;
}

/** Finds versions of keys by the kids that they have or had elsewhere. A kid never moves to another key: one whose record is missing is not given again. */
export class FormerKids {
  private readonly known = new BoundedMap<string, Imported>(capacity);

  constructor(private readonly dataSource: DataSource) {}

  /** @throws AnkaError `key-not-found`, also for another tenant's kid */
  async find(tenantId: string, kid: string): Promise<Imported> {
    const name = `${tenantId}/${kid}`;
    const known = this.known.use(name);
    if (known !== undefined) return known;
    if (!formerKid.safeParse(kid).success) throw noKeyOfKid();
    const found = await withTenant(this.dataSource, tenantId, async (manager) => {
      const record = await manager.findOneBy(FormerKidRecord, { tenantId, kid });
      if (record === null) throw noKeyOfKid();
      assertAsked(manager, record, { tenantId, kid });
      return { keyId: record.keyId, version: record.version ?? importedVersion };
    });
    this.known.set(name, found);
    return found;
  }

  /** @throws AnkaError `former-kid-taken`; `record-outdated` if only the audit trail has the kid; `audit-unavailable` */
  async assertFree(tenantId: string, kids: readonly string[]): Promise<void> {
    await withTenant(this.dataSource, tenantId, (manager) => assertFreeWithin(manager, tenantId, kids));
  }

  /** @param id the kid's in the audit trail */
  forget(tenantId: string, id: string): void {
    forgetName(this.known, tenantId, id);
  }

  forgetAll(): void {
    this.known.clear();
  }
}

const taken = (kid: string): AnkaError =>
  new AnkaError('former-kid-taken', `formerKids: another key of the tenant has ${JSON.stringify(kid)}`);

/**
 * A kid that names a key of the tenant by its id is that key's own, also one of a version that is still to come: what carries it
 * finds that key first.
 */
const assertNoOwnKid = async (manager: EntityManager, tenantId: string, kids: readonly string[]): Promise<void> => {
  const own = new Map(
    kids.flatMap((kid) => {
      const named = parseKid(kid);
      return named === null ? [] : [[named.keyId, kid] as const];
    }),
  );
  if (own.size === 0) return;
  const [key] = await manager.find(KeyRecord, { where: { tenantId, id: In([...own.keys()]) }, take: 1 });
  if (key !== undefined) throw taken(own.get(key.id) ?? '');
  await Promise.all([...own.keys()].map(async (id) => assertAbsent(manager, KeyRecord, { tenantId, id })));
};

const assertFreeWithin = async (manager: EntityManager, tenantId: string, kids: readonly string[]): Promise<void> => {
  await assertNoOwnKid(manager, tenantId, kids);
  const known = await manager.findOneBy(FormerKidRecord, { tenantId, kid: In([...kids]) });
  if (known !== null) throw taken(known.kid);
  await Promise.all(kids.map(async (kid) => assertAbsent(manager, FormerKidRecord, { tenantId, kid })));
};

/**
 * Keeps other imports from taking any kid until the transaction ends, before anything is sealed.
 * @throws AnkaError as `FormerKids.assertFree`
 */
export const lockFreeKids = async (
  manager: EntityManager,
  tenantId: string,
  kids: readonly string[],
): Promise<void> => {
  if (kids.length === 0) return;
  await holdFormerKids(manager, tenantId);
  await assertFreeWithin(manager, tenantId, kids);
};

/** Writes the former kids of a new version. `lockFreeKids` was called before. */
export const writeFormerKids = async (
  manager: EntityManager,
  tenantId: string,
  { keyId, version = importedVersion }: { readonly keyId: string; readonly version?: number },
  kids: readonly string[],
): Promise<void> => {
  if (kids.length === 0) return;
  const of = { tenantId, keyId, version: version === importedVersion ? null : version };
  await manager.insert(
    FormerKidRecord,
    kids.map((kid) => ({ ...of, kid })),
  );
};

/** Reads the former kids of a key. */
export const readFormerKids = async (manager: EntityManager, tenantId: string, keyId: string): Promise<string[]> => {
  const records = await manager.find(FormerKidRecord, { where: { tenantId, keyId }, order: { kid: 'ASC' } });
  for (const record of records) assertAsked(manager, record, { tenantId, keyId });
  return records.map(({ kid }) => kid);
};
