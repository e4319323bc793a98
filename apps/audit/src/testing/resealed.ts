import { type ChainSeal, type SealedIndex, sealedBytesOf } from '@ankasecure/audit-event';
import { MacSource } from '../mac/mac-source.js';
import { ForgedTrail } from './forged-trail.js';
import { contextOf, type RunningAudit } from './running-audit.js';

const bytea = (bytes: Uint8Array): string => `'\\x${Buffer.from(bytes).toString('hex')}'`;

/** SQL that replaces the seal of a row, and nothing else of it. */
export const sealSql = (tenantId: string, seq: number, { fromSeq, mac, index }: ChainSeal): string =>
  `UPDATE sealed_event SET (chain_seal_from, chain_seal, chain_seal_index_seq, chain_seal_index_mac)
     = (${fromSeq}, ${bytea(mac)}, ${index?.seq ?? 'NULL'}, ${index === null ? 'NULL' : bytea(index.mac)})
   WHERE tenant_id = '${tenantId}' AND seq = ${seq}`;

/**
 * Seals the batch that ends with a row again, with the tenant's key and over another index of records: as a process that was
 * deceived, or as an earlier release (null).
 */
export const reseal = async (
  audit: RunningAudit,
  tenantId: string,
  seq: number,
  index: SealedIndex | null,
): Promise<void> => {
  const row = (await new ForgedTrail(audit, tenantId).rows()).find((one) => one.seq === seq);
  const sealed = row?.chainSeal ?? null;
  if (row === undefined || sealed === null) throw new Error(`event ${seq} has no seal`);
  const chainSeal = { ...sealed, index };
  const message = sealedBytesOf({ ...row, chainSeal });
  const macs = audit.instances[0]?.app.get(MacSource);
  if (message === undefined || macs === undefined) throw new Error('no batch can have this index');
  const mac = await macs.computeOne(contextOf(tenantId), row.macKeyId, message);
  await audit.tamper(sealSql(tenantId, seq, { ...chainSeal, mac }));
};

/** Gives every batch of the trail the seal of an earlier release. */
export const asVersion1 = async (audit: RunningAudit, tenantId: string): Promise<void> => {
  for (const { seq, chainSeal } of await new ForgedTrail(audit, tenantId).rows())
    if (chainSeal !== null) await reseal(audit, tenantId, seq, null);
};
