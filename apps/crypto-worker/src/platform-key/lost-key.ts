import type { AuditEvent, Context, RecordHead } from '@ankasecure/contracts';
import { sealsOf, skipRevisions, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Partition } from '../custody/partition.js';
import { PlatformKeyRecord } from '../key/record/platform-key.entity.js';
import { PlatformKeys } from './platform-key.js';
import { type LostKey, UnrecordedKeys } from './unrecorded-key.js';

/** The keys without which a tenant can do nothing. */
const needed = ['audit-mac', 'kek'] as const;

/** The generations of a kind that the trail names, and the first, which every tenant has had. */
const generationsOf = (heads: readonly RecordHead[], kind: string): ReadonlySet<number> => {
  const own = heads.filter((head) => head.kind === 'platform_key' && head.id.startsWith(`${kind}/`));
  return new Set([1, ...own.map(({ id }) => Number(id.slice(kind.length + 1)))]);
};

/** The name of a key's record in the trail, within its tenant. */
export const recordIdOfLost = ({ kind, generation }: LostKey): string => `${kind}/${generation}`;

/**
 * The needed keys of a tenant that was made after the backup of a restored database: the token holds them, and no record of
 * their kind is left. A tenant that has an older KEK goes on with it.
 */
@Injectable()
export class LostKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly partition: Partition,
    private readonly unrecorded: UnrecordedKeys,
    private readonly platformKeys: PlatformKeys,
  ) {}

  /**
   * Looks for them in the token. Nothing is changed.
   * @param heads what the trail says of the tenant's records
   * @throws AnkaError `platform-key-unrecorded` if the token holds keys of a needed kind, and none that is surely the lost one
   */
  async find(context: Context, heads: readonly RecordHead[]): Promise<readonly LostKey[]> {
    const lost: LostKey[] = [];
    for (const kind of needed) {
      if (await this.isAnyOnRecord(context, kind)) continue;
      const own = await this.findAll(context, kind, generationsOf(heads, kind));
      if (own.length === 0) await this.unrecorded.assertNone(context, kind);
      lost.push(...own);
    }
    return lost;
  }

  /**
   * Puts them on record again, in the caller's transaction.
   * @param heads as for `find`: the records get later revisions than the trail names
   * @returns the events that report it
   */
  record(
    manager: EntityManager,
    context: Context,
    lost: readonly LostKey[],
    heads: readonly RecordHead[],
  ): Promise<readonly AuditEvent[]> {
    return sealsOf(manager).history.without(async () => {
      const events: AuditEvent[] = [];
      const position = Math.max(0, ...heads.map(({ revision }) => revision));
      if (position > 0 && lost.length > 0) await skipRevisions(manager, context.tenantId, position);
      for (const key of lost) events.push(...(await this.platformKeys.recordAgain(manager, context, key)));
      return events;
    });
  }

  private async findAll(
    context: Context,
    kind: LostKey['kind'],
    generations: ReadonlySet<number>,
  ): Promise<readonly LostKey[]> {
    const found: LostKey[] = [];
    for (const generation of generations) {
      const objectId = await this.unrecorded.find(context, { kind, generation });
      if (objectId !== undefined) found.push({ kind, generation, objectId });
    }
    return found;
  }

  private isAnyOnRecord({ tenantId }: Context, kind: LostKey['kind']): Promise<boolean> {
    const { name: partition } = this.partition;
    return withTenant(this.dataSource, tenantId, (manager) =>
      manager.existsBy(PlatformKeyRecord, { tenantId, kind, partition }),
    );
  }
}
