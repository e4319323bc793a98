import { createHmac, randomBytes } from 'node:crypto';
import { outboxKeyInput } from '@ankasecure/audit-event';
import { recordMacInput } from '@ankasecure/contracts';
import type { DigestedRecord, RecordAuthority } from '@ankasecure/service-kit';

const key = randomBytes(32);
const sealOf = (record: DigestedRecord): Buffer =>
  createHmac('sha256', key)
    .update(recordMacInput('crypto-worker', record, record.digest))
    .digest();

/** TEST ONLY. Seals records with a key of this process, in the place of the token's. */
export const testAuthority: RecordAuthority = {
  seal: async (records) => records.map(sealOf),
  adopt: async (_, records) => records.map(sealOf),
  check: async (records) => records.map((record) => sealOf(record).equals(record.seal)),
  outboxKey: async (process) =>
    createHmac('sha256', key)
      .update(outboxKeyInput({ service: 'crypto-worker', partition: 'default', process }))
      .digest(),
};
