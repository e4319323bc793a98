import { AnkaError, formerKid } from '@ankasecure/contracts';
import { assertAsked, BoundedMap, insertIfAbsent, withTenant } from '@ankasecure/service-kit';
import { type DataSource, type EntityManager, In } from 'typeorm';
import { FormerKidRecord } from './record/former-kid.entity.js';

/** The most kids that are kept in memory. The one that was unused for longest leaves first. */
const capacity = 20_000;

/** The version that an import makes: that of data with a former kid. */
export const importedVersion = 1;

/** Finds keys by the kids that they had before their import. A kid never moves to another key, so a copy is never outdated. */
export class FormerKids {
  private readonly known = new BoundedMap<string, string>(capacity);

  constructor(private readonly dataSource: DataSource) {}

  /** @returns the key's id. @throws AnkaError `key-not-found`, also for another tenant's kid */
  async keyOf(tenantId: string, kid: string): Promise<string> {
    const name = `${tenantId}/${kid}`;
    const known = this.known.use(name);
    if (known !== undefined) return known;
    if (!formerKid.safeParse(kid).success) throw new AnkaError('key-not-found');
    const found = await withTenant(this.dataSource, tenantId, async (manager) => {
      const record = await manager.findOneBy(FormerKidRecord, { tenantId, kid });
      if (record === null) throw new AnkaError('key-not-found');
      assertAsked(manager, record, { tenantId, kid });
      return record.keyId;
    });
    this.known.set(name, found);
    return found;
  }

  /** @throws AnkaError `former-kid-taken` */
  async assertFree(tenantId: string, kids: readonly string[]): Promise<void> {
    const taken = await withTenant(this.dataSource, tenantId, (manager) =>
      manager.findOneBy(FormerKidRecord, { tenantId, kid: In([...kids]) }),
    );
    if (taken !== null) throw kidTaken(taken.kid);
  }

  forgetAll(): void {
    this.known.clear();
  }
}

const kidTaken = (kid: string): AnkaError =>
  new AnkaError('former-kid-taken', `formerKids: another key of the tenant has ${JSON.stringify(kid)}`);

/** Writes the former kids of a new key, in one order, so that no two imports wait for each other. @throws AnkaError `former-kid-taken` */
export const writeFormerKids = async (
  manager: EntityManager,
  tenantId: string,
  keyId: string,
  kids: readonly string[],
): Promise<void> => {
  for (const kid of kids.toSorted())
    if (!(await insertIfAbsent(manager, FormerKidRecord, { tenantId, kid, keyId }, 'kid'))) throw kidTaken(kid);
};

/** Reads the former kids of a key. */
export const readFormerKids = async (manager: EntityManager, tenantId: string, keyId: string): Promise<string[]> => {
  const records = await manager.find(FormerKidRecord, { where: { tenantId, keyId }, order: { kid: 'ASC' } });
  for (const record of records) assertAsked(manager, record, { tenantId, keyId });
  return records.map(({ kid }) => kid);
};
