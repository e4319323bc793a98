import { randomBytes } from 'node:crypto';
import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Custody, type FoundKey } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';
import { Adoption } from './adoption.js';
import { lockRecordKey, type TenantOnRecord, tenantsOnRecord } from './record.sql.js';

/** The time that the token may take to find or make the key, in milliseconds. */
const budgetMs = 30_000;

/** The worker must not start: nothing that is on record could be believed. */
export class RecordKeyRefused extends Error {}

/** @throws AnkaError `hsm-unavailable` (retryable) if another worker's token takes longer than a statement may */
const stillWaiting = (error: unknown): never => {
  if ((error as { code?: unknown }).code === '57014')
    throw new AnkaError('hsm-unavailable', 'Another worker still makes the record key.', { cause: error });
  throw error;
};

/**
 * The key of the token that seals the partition's records. It is found by its label and by nothing that a database says, and
 * it is made only if neither the token nor the database has ever had one.
 */
@Injectable()
export class RecordKey {
  readonly label: string;
  private opening: Promise<Uint8Array> | undefined;

  constructor(
    private readonly custody: Custody,
    private readonly partition: Partition,
    private readonly dataSource: DataSource,
    private readonly adoption: Adoption,
    private readonly log: Logger,
  ) {
    this.label = `ankasecure:record-mac:${partition.name}`;
  }

  /** Returns the key's CKA_ID. @throws RecordKeyRefused; AnkaError `hsm-unavailable`, `hsm-timeout` */
  id(): Promise<Uint8Array> {
    this.opening ??= this.open().catch((error: unknown) => {
      this.opening = undefined;
      throw error;
    });
    return this.opening;
  }

  /**
   * One worker at a time looks and makes, so that the token never has two. The marks of the adoption come first: a token with a
   * record key is never without them.
   */
  private async open(): Promise<Uint8Array> {
    const found = await this.find();
    if (found.length > 0) return this.settled(found);
    const made = await this.dataSource.transaction(async (manager) => {
      await manager.query(lockRecordKey, [this.partition.name]).catch(stillWaiting);
      const foundNow = await this.find();
      if (foundNow.length > 0) return { found: foundNow };
      const tenants = await manager.query<TenantOnRecord[]>(tenantsOnRecord, [this.partition.name]);
      const sealed = tenants.filter((tenant) => tenant.sealed);
      if (sealed.length > 0)
        throw new RecordKeyRefused(
          `the token has no key ${this.label}, but records of ${sealed.length} tenants are sealed with it: restore the token, or configure the token that has the key`,
        );
      await this.adoption.begin(tenants.map(({ tenantId }) => tenantId));
      return this.make();
    });
    return made instanceof Uint8Array ? made : this.settled(made.found);
  }

  private find(): Promise<readonly FoundKey[]> {
    return this.custody.findByLabel(this.budget(), 'record-mac', this.label);
  }

  private async settled(found: readonly FoundKey[]): Promise<Uint8Array> {
    const objectId = this.genuine(found);
    await this.adoption.settle();
    return objectId;
  }

  private genuine(found: readonly FoundKey[]): Uint8Array {
    const [key] = found;
    if (key === undefined || found.length > 1)
      throw new RecordKeyRefused(`the token has ${found.length} keys ${this.label}: remove those that are not genuine`);
    if (key.faults.length > 0)
      throw new RecordKeyRefused(
        `the key ${this.label} was not made by this platform inside the token: ${key.faults.join(', ')} differ`,
      );
    return key.objectId;
  }

  private async make(): Promise<Uint8Array> {
    const objectId = randomBytes(16);
    await this.custody.generatePlatformKey(this.budget(), { kind: 'record-mac', label: this.label, objectId });
    this.log.info({ partition: this.partition.name }, 'made the key that seals records');
    const found = await this.find();
    if (found.length === 0) throw new AnkaError('hsm-error', 'The token does not show the key that it has made.');
    return this.genuine(found);
  }

  private budget() {
    return { deadline: monotonicNow() + budgetMs };
  }
}
