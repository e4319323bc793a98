import { type DigestedRecord, RecordAuthority, type SealedDigest } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Partition } from '../custody/partition.js';
import { RecordMacs } from './record-macs.js';

/** The seals of the worker's own records. */
@Injectable()
export class OwnRecords implements RecordAuthority {
  constructor(
    private readonly macs: RecordMacs,
    private readonly partition: Partition,
  ) {}

  seal(records: readonly DigestedRecord[]): Promise<readonly Buffer[]> {
    return this.macs.seal('crypto-worker', records);
  }

  check(records: readonly SealedDigest[]): Promise<readonly boolean[]> {
    return this.macs.check('crypto-worker', records);
  }

  outboxKey(process: string): Promise<Buffer> {
    return this.macs.outboxKey({ service: 'crypto-worker', partition: this.partition.name, process });
  }
}
