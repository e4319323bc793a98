import { randomBytes } from 'node:crypto';
import { AnkaError } from '@ankasecure/contracts';
import {
  type BusClient,
  type DigestedRecord,
  RecordHistory,
  RecordOwner,
  type RecordRejections,
  RecordSeals,
} from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';

/** Raises no alarm about a record that was not asked for. No other is refused. */
const quietRejections = { reject: () => new AnkaError('record-forged') } as unknown as RecordRejections;

/** TEST ONLY. The history of a trail without any records, which the database was compared with. */
export const noHistory = (): RecordHistory => {
  const bus = { request: async () => ({ heads: [], revision: 0 }) } as unknown as BusClient;
  const history = new RecordHistory(new RecordOwner('crypto-worker'), bus);
  history.setBehind(new Map());
  return history;
};

/** TEST ONLY. Seals with random bytes and accepts every record, for tests without a token that also write rows by SQL. */
export class TestSeals extends RecordSeals {
  /** The table of every record that was sealed. */
  readonly asked: string[];

  constructor(dataSource: DataSource) {
    const asked: string[] = [];
    const seal = async (records: readonly DigestedRecord[]) => {
      asked.push(...records.map(({ table }) => table));
      return records.map(() => randomBytes(32));
    };
    const authority = {
      seal,
      adopt: (_: string, records: readonly DigestedRecord[]) => seal(records),
      check: async (records: readonly unknown[]) => records.map(() => true),
      outboxKey: async () => randomBytes(32),
    };
    super(new RecordOwner('crypto-worker'), authority, quietRejections, noHistory(), dataSource);
    this.asked = asked;
  }

  protected override withoutSeal(): undefined {
    return undefined;
  }
}
