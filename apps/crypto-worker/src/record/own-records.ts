import { AdoptionOver, type DigestedRecord, RecordAuthority, type SealedDigest } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Partition } from '../custody/partition.js';
import { Adoption } from './adoption.js';
import { RecordMacs } from './record-macs.js';

/** The seals of the worker's own records. */
@Injectable()
export class OwnRecords implements RecordAuthority {
  constructor(
    private readonly macs: RecordMacs,
    private readonly partition: Partition,
    private readonly adoption: Adoption,
  ) {}

  seal(records: readonly DigestedRecord[]): Promise<readonly Buffer[]> {
    return this.macs.seal('crypto-worker', records);
  }

  /** The mark alone decides: the audit service answers with the worker's help, which needs these records. */
  async adopt(_: string, records: readonly DigestedRecord[]): Promise<readonly Buffer[]> {
    if (!(await this.adoption.isOpen('crypto-worker'))) throw new AdoptionOver();
    return this.seal(records);
  }

  check(records: readonly SealedDigest[]): Promise<readonly boolean[]> {
    return this.macs.check('crypto-worker', records);
  }

  outboxKey(process: string): Promise<Buffer> {
    return this.macs.outboxKey({ service: 'crypto-worker', partition: this.partition.name, process });
  }
}
