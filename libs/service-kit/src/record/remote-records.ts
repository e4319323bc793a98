import {
  AnkaError,
  type Context,
  maxRecords,
  type OutboxContract,
  platformTenantId,
  type RecordContracts,
} from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { BusClient } from '../nats/client.js';
import { ownContext } from '../nats/own-context.js';
import {
  AdoptionOver,
  type DigestedRecord,
  RecordAuthority,
  RecordOwner,
  type SealedDigest,
} from './record-authority.js';

/** The contracts with which one service asks for its seals. Those of every service are alike. */
export abstract class SealContracts {
  abstract readonly seal: RecordContracts['seal'];
  abstract readonly check: RecordContracts['check'];
  abstract readonly sealOlder: RecordContracts['sealOlder'];
  abstract readonly adopt: RecordContracts['adopt'];
  abstract readonly openOutbox: OutboxContract;
}

/** Tells on which partition a tenant lives. Null stands for records of the platform itself. It only routes, and need not be believed. */
export abstract class RecordPartitions {
  abstract of(tenantId: string | null): Promise<string>;
}

/** The time that a worker may take, in milliseconds. Seals are computed inside transactions, so it is short. */
const budgetMs = 5_000;
/** The same for records of an older release, about which the worker asks the audit service. */
const adoptionBudgetMs = 15_000;

/** The length of a seal. */
const sealBytes = 32;

const bytesOf = (text: string): Buffer => Buffer.from(text, 'base64url');

const textOf = (bytes: Buffer): string => bytes.toString('base64url');

const named = ({ table, tenantId, digest }: DigestedRecord) => ({ table, tenantId, digest: textOf(digest) });

/** The seals of a service without a token: the workers of each tenant's partition compute them. */
@Injectable()
export class RemoteRecords extends RecordAuthority {
  /** The partitions that have answered, and those of them where the adoption is over. */
  private readonly used = new Set<string>();
  private readonly closed = new Set<string>();
  private adopted = false;

  constructor(
    private readonly bus: BusClient,
    private readonly owner: RecordOwner,
    private readonly contracts: SealContracts,
    private readonly partitions: RecordPartitions,
  ) {
    super();
  }

  /** @throws AnkaError `service-unavailable`, `hsm-unavailable`, `hsm-timeout`, `deadline-exceeded` */
  seal(records: readonly DigestedRecord[]): Promise<readonly Buffer[]> {
    return this.perPartition(records, async (partition, some) => {
      const { seals } = await this.bus.request(this.contracts.seal, partition, this.context(), {
        records: some.map(named),
      });
      return seals.map(bytesOf);
    });
  }

  adopt(tenantId: string, records: readonly DigestedRecord[]): Promise<readonly Buffer[]> {
    return this.perPartition(records, async (partition, some) => {
      const context = ownContext(this.owner.service, adoptionBudgetMs, tenantId);
      const asked = { records: some.map(named) };
      const { seals } = await this.bus.request(this.contracts.sealOlder, partition, context, asked);
      if (seals === null) throw new AdoptionOver('records without a seal are no longer sealed');
      return seals.map(bytesOf);
    });
  }

  /** @throws AnkaError as `seal` */
  async check(records: readonly SealedDigest[]): Promise<readonly boolean[]> {
    // A seal of another length would be refused with all others of the request.
    const possible = records.filter(({ seal }) => seal.length === sealBytes);
    const genuine = new Set<SealedDigest>();
    const answers = await this.ask(possible);
    for (const [index, record] of possible.entries()) if (answers[index] === true) genuine.add(record);
    return records.map((record) => genuine.has(record));
  }

  /** The partition of the platform's own tenant derives it. The audit service asks the same one. @throws AnkaError as `seal` */
  async outboxKey(process: string): Promise<Buffer> {
    const partition = await this.partitions.of(platformTenantId);
    const { key } = await this.bus.request(this.contracts.openOutbox, partition, this.context(), { process });
    this.note(partition);
    return bytesOf(key);
  }

  private ask(records: readonly SealedDigest[]): Promise<readonly boolean[]> {
    return this.perPartition(records, async (partition, some) => {
      const asked = some.map((record) => ({ ...named(record), seal: textOf(record.seal) }));
      const { genuine } = await this.bus.request(this.contracts.check, partition, this.context(), { records: asked });
      return genuine;
    });
  }

  /** Ends the adoption on every partition that was used, for good. @throws AnkaError as `seal` */
  async endAdoption(): Promise<void> {
    for (const partition of this.used) await this.end(partition);
  }

  /** From now on, no partition that is used or was used accepts a record without a seal, ever again. */
  closeAdoption(): void {
    this.adopted = true;
    for (const partition of this.used) this.note(partition);
  }

  private async end(partition: string): Promise<void> {
    await this.bus.request(this.contracts.adopt, partition, this.context(), { done: true });
    this.closed.add(partition);
  }

  private async perPartition<Item extends DigestedRecord, Result>(
    records: readonly Item[],
    ask: (partition: string, some: readonly Item[]) => Promise<readonly Result[]>,
  ): Promise<readonly Result[]> {
    const results = new Map<Item, Result>();
    for (const [tenantId, own] of Map.groupBy(records, (record) => record.tenantId)) {
      const partition = await this.partitions.of(tenantId);
      for (let first = 0; first < own.length; first += maxRecords) {
        const some = own.slice(first, first + maxRecords);
        const answers = await ask(partition, some);
        if (answers.length !== some.length) throw new AnkaError('internal-error');
        for (const [index, item] of some.entries()) results.set(item, answers[index] as Result);
      }
      this.note(partition);
    }
    return records.map((record) => results.get(record) as Result);
  }

  /** Ends the adoption on a partition that is used for the first time. A failure is tried again at the next use. */
  private note(partition: string): void {
    this.used.add(partition);
    if (!this.adopted || this.closed.has(partition)) return;
    this.closed.add(partition);
    this.end(partition).catch(() => this.closed.delete(partition));
  }

  private context(): Context {
    return ownContext(this.owner.service, budgetMs);
  }
}
