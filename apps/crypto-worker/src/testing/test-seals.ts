import { randomBytes } from 'node:crypto';
import { RecordOwner, type RecordRejections, RecordSeals } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';

/** Nothing is rejected, so nothing is raised. */
const noRejections = {} as RecordRejections;

/** TEST ONLY. Seals with random bytes and accepts every record, for tests without a token that also write rows by SQL. */
export class TestSeals extends RecordSeals {
  constructor(dataSource: DataSource) {
    const authority = {
      seal: async (records: readonly unknown[]) => records.map(() => randomBytes(32)),
      check: async (records: readonly unknown[]) => records.map(() => true),
    };
    super(new RecordOwner('crypto-worker'), authority, noRejections, dataSource);
  }

  protected override withoutSeal(): undefined {
    return undefined;
  }
}
