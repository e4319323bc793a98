import { monotonicNow } from '@ankasecure/contracts';
import { asAnkaError, Logger, Outbox, sealsOf, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Custody, type Wrapping } from '../custody/custody.js';
import { versionOf } from '../key/key-store.js';
import { assertVersion } from '../key/record/assert-version.js';
import type { StoredVersion } from '../key/record/select-version.js';
import { PlatformKeys } from '../platform-key/platform-key.js';
import { type Position, type Rewrapped, recordRewrapped, versionsUnderOlderKek } from './rewrap.sql.js';
import { type RewrapFailure, recordFailures } from './rewrap-failure.sql.js';
import { type OpenRotation, rotationEvent } from './rotation/open-rotation.js';

/** Key versions that are rewrapped and recorded at a time. */
const pageSize = 50;
/** The time that the HSM may take for one page, in milliseconds. */
const budgetMs = 60_000;

/** The result of a page. */
export interface RewrappedPage {
  /** The last version of the page. The next page begins after it. */
  readonly last: Position;
  /** False if a version could not be rewrapped. */
  readonly complete: boolean;
}

/** Rewraps one page of key versions inside the token, and records them in one commit. */
@Injectable()
export class RewrapPage {
  constructor(
    private readonly dataSource: DataSource,
    private readonly custody: Custody,
    private readonly platformKeys: PlatformKeys,
    private readonly outbox: Outbox,
    private readonly log: Logger,
  ) {}

  /** Tells whether the token answers. */
  isPossible(): boolean {
    return this.custody.healthy();
  }

  /** @returns undefined after the last page */
  async rewrapAfter(rotation: OpenRotation, position: Position): Promise<RewrappedPage | undefined> {
    const { tenantId, generation } = rotation;
    const rows = await withTenant(this.dataSource, tenantId, (manager) =>
      versionsUnderOlderKek(manager, tenantId, generation, position, pageSize),
    );
    const last = rows.at(-1);
    if (last === undefined) return undefined;
    return { last: [last.keyId, last.version], complete: await this.rewrapAll(rotation, rows) };
  }

  private async rewrapAll(rotation: OpenRotation, rows: readonly StoredVersion[]): Promise<boolean> {
    const { tenantId, generation } = rotation;
    const { objectId: kek } = await this.platformKeys.find(tenantId, 'kek', generation);
    const checked = await this.check(tenantId, rows);
    const settled = await Promise.allSettled(
      checked.map(async (check) => {
        if (check.status === 'rejected') throw check.reason;
        return this.rewrap(rotation, check.value, kek);
      }),
    );
    const done = settled.flatMap((ended) => (ended.status === 'fulfilled' ? [ended.value] : []));
    const failed = settled.flatMap((ended, index): RewrapFailure[] =>
      ended.status === 'fulfilled' ? [] : [{ row: rows[index] as StoredVersion, error: asAnkaError(ended.reason) }],
    );
    const lasting = failed.filter(({ error }) => !error.retryable);
    await this.record(rotation, done, lasting);
    this.warnOf(
      tenantId,
      failed.filter(({ error }) => error.retryable),
    );
    return failed.length === 0;
  }

  /** Checks the records of a page in one transaction, so that all of them are asked about together. Each passes or fails alone. */
  private check(
    tenantId: string,
    rows: readonly StoredVersion[],
  ): Promise<readonly PromiseSettledResult<StoredVersion>[]> {
    return withTenant(this.dataSource, tenantId, (manager) =>
      Promise.allSettled(
        rows.map(async (row) => {
          await sealsOf(manager).assertGenuine(this.dataSource, row, tenantId, manager);
          assertVersion(manager, row, { tenantId });
          return row;
        }),
      ),
    );
  }

  private async rewrap(
    { generation: kekGeneration }: OpenRotation,
    row: StoredVersion,
    kek: Uint8Array,
  ): Promise<Rewrapped> {
    const { ref } = versionOf(row);
    const to: Wrapping = { ...(ref.wrapped?.wrapping as Wrapping), kek, kekGeneration, kekRetired: false };
    const wrapped = await this.custody.rewrap({ deadline: monotonicNow() + budgetMs }, ref, to);
    return { row, wrapped };
  }

  private async record(
    rotation: OpenRotation,
    done: readonly Rewrapped[],
    lasting: readonly RewrapFailure[],
  ): Promise<void> {
    const { tenantId, generation } = rotation;
    const recorded = await withTenant(this.dataSource, tenantId, async (manager) => {
      const rewrapped = await recordRewrapped(manager, tenantId, generation, done);
      const failures = await recordFailures(manager, tenantId, lasting);
      const events = [
        ...(rewrapped > 0 ? [rewrappedEvent(rotation, rewrapped)] : []),
        ...failures.map((failure) => failureEvent(rotation, failure)),
      ];
      if (events.length > 0) await this.outbox.write(manager, events);
      return { failures, events: events.length };
    });
    if (recorded.events > 0) this.outbox.committed(recorded.events);
    for (const { row, error } of recorded.failures)
      this.log.error(
        { keyId: row.keyId, version: row.version, code: error.code, reason: error.message },
        'cannot rewrap a key; its KEK is kept until it can be rewrapped or is destroyed',
      );
  }

  /** Only logs a failure that may pass, because it says nothing about the key. */
  private warnOf(tenantId: string, passing: readonly RewrapFailure[]): void {
    if (passing.length > 0)
      this.log.warn(
        { tenantId, keys: passing.length, code: passing[0]?.error.code },
        'some keys are not rewrapped yet',
      );
  }
}

/** The event of a page. It names the versions whose records changed. */
const rewrappedEvent = (rotation: OpenRotation, versions: number) =>
  rotationEvent(rotation, rotation.generation, {
    operation: 'key.rewrap',
    algorithm: 'AES-256',
    details: { versions: String(versions) },
  });

const failureEvent = (rotation: OpenRotation, { row, error }: RewrapFailure) =>
  rotationEvent(rotation, row.kekGeneration, {
    operation: 'kek.rewrap',
    keyId: row.keyId,
    algorithm: row.key.algorithm,
    failureCode: error.code,
    details: { version: String(row.version) },
  });
