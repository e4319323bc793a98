import { type AnkaError, tried } from '@ankasecure/contracts';
import {
  assertAbsent,
  BusClient,
  firstHeads,
  numberedId,
  ownContext,
  sealsOf,
  withTenant,
} from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { KeyVersionRecord } from '../../key/record/key-version.entity.js';

/** Longest that the audit service is waited for, for each page of heads, in milliseconds. */
const answerMs = 10_000;
/** Versions that are read at a time. */
const pageSize = 200;
/** Comes before the id of every version. */
const beforeAll = { kind: 'key_version', id: '0' } as const;

/**
 * The key versions that the audit trail holds. A database can leave a version out of every list, so before a KEK is given up each
 * version is read by its key, and its sealed record says which KEK wraps it.
 */
@Injectable()
export class VersionsOnRecord {
  constructor(
    private readonly dataSource: DataSource,
    private readonly bus: BusClient,
  ) {}

  /**
   * Checks that every version that is on record can be read, and that none needs a KEK of this generation or an older one. Each that is
   * missing or needs one, although the database lists none that does, raises the alarm `record-rejected`.
   * @throws AnkaError `record-outdated`, `record-forged`; `audit-unavailable` and the bus's errors if the trail does not answer
   */
  async assertNoneUnder(tenantId: string, generation: number): Promise<void> {
    const ids = await this.held(tenantId);
    let refusal: AnkaError | undefined;
    for (let start = 0; start < ids.length; start += pageSize) {
      const page = ids.slice(start, start + pageSize);
      const found = await withTenant(this.dataSource, tenantId, (manager) =>
        this.compare(manager, tenantId, page, generation),
      );
      refusal ??= found;
    }
    if (refusal !== undefined) throw refusal;
  }

  /** The ids of the versions that have a key to lose: as the trail holds them, and as this process has committed them. */
  private async held(tenantId: string): Promise<readonly string[]> {
    const contextOf = () => ownContext('crypto-worker', answerMs, tenantId);
    const all = {
      owner: 'crypto-worker',
      after: beforeAll,
      most: Number.POSITIVE_INFINITY,
      counts: () => true,
    } as const;
    const { heads } = await firstHeads(this.bus, contextOf, all);
    const known = [...heads, ...sealsOf(this.dataSource.manager).history.memory.ownChanges(tenantId, 'key_version')];
    return [
      ...new Set(known.filter(({ digest, state }) => digest !== null && state !== 'DESTROYED').map(({ id }) => id)),
    ];
  }

  /** @returns the refusal of the first that is refused, once all of the page have raised their alarms */
  private async compare(
    manager: EntityManager,
    tenantId: string,
    ids: readonly string[],
    generation: number,
  ): Promise<AnkaError | undefined> {
    const keys = ids.map((id) => {
      const { of, number } = numberedId(id);
      return { tenantId, keyId: of as string, version: number };
    });
    const rows = await manager.find(KeyVersionRecord, { where: keys });
    const found = new Set(rows.map(({ keyId, version }) => `${keyId}/${version}`));
    const refusals = rows
      .filter(({ kekGeneration }) => kekGeneration !== null && kekGeneration <= generation)
      .map((row) => sealsOf(manager).reject(manager, row, 'missing'));
    for (const [index, key] of keys.entries()) {
      if (found.has(ids[index] as string)) continue;
      const { error } = await tried(async () => assertAbsent(manager, KeyVersionRecord, key));
      if (error !== undefined) refusals.push(error);
    }
    return refusals[0];
  }
}
