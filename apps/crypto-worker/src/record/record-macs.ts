import { timingSafeEqual } from 'node:crypto';
import { type OutboxProcess, outboxKeyInput } from '@ankasecure/audit-event';
import { AnkaError, monotonicNow, recordMacInput, type Service } from '@ankasecure/contracts';
import type { DigestedRecord, SealedDigest } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import { RecordKey } from './record-key.js';

/** MACs that the token computes at once for one request. */
const atOnce = 32;
/** The time that the token may take for them, in milliseconds. Seals are computed inside transactions, so it is short. */
const budgetMs = 10_000;

/** Computes seals in the token. The service is part of each: no service can seal the records of another. */
@Injectable()
export class RecordMacs {
  constructor(
    private readonly custody: Custody,
    private readonly key: RecordKey,
  ) {}

  /** @returns the seals in the order of `records`. @throws AnkaError `hsm-unavailable`, `hsm-timeout` */
  async seal(service: Service, records: readonly DigestedRecord[]): Promise<Buffer[]> {
    const seals: Buffer[] = [];
    for (let first = 0; first < records.length; first += atOnce) {
      const some = records.slice(first, first + atOnce);
      seals.push(...(await Promise.all(some.map((record) => this.mac(service, record)))));
    }
    return seals;
  }

  /** @returns for each record whether its seal is genuine */
  async check(service: Service, records: readonly SealedDigest[]): Promise<boolean[]> {
    const seals = await this.seal(service, records);
    return records.map(({ seal }, index) => {
      const genuine = seals[index];
      return genuine !== undefined && genuine.length === seal.length && timingSafeEqual(genuine, seal);
    });
  }

  /** Derives the key under which a process proves its audit events. 32 bytes. @throws AnkaError as `seal` */
  outboxKey(of: OutboxProcess): Promise<Buffer> {
    return this.macOf(outboxKeyInput(of));
  }

  private mac(service: Service, record: DigestedRecord): Promise<Buffer> {
    return this.macOf(recordMacInput(service, record, record.digest));
  }

  private async macOf(input: Buffer): Promise<Buffer> {
    const objectId = await this.key.id();
    const budget = { deadline: monotonicNow() + budgetMs };
    const ref = { kind: 'record-mac', label: this.key.label, objectId } as const;
    return Buffer.from(await this.custody.platformMac(budget, ref, input).catch(withoutKey));
  }
}

/** To a caller, a missing record key says nothing about the caller's own key. */
const withoutKey = (error: unknown): never => {
  if (error instanceof AnkaError && error.code === 'key-not-found')
    throw new AnkaError('hsm-unavailable', 'The token does not have the key that seals records.', { cause: error });
  throw error;
};
