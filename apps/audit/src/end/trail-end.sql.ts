import type { ChainSeal } from '@ankasecure/audit-event';
import type { EntityManager } from 'typeorm';
import { chainSealOf, type SealColumns } from '../trail/exact-row.sql.js';
import type { ToldPlace } from './sealed-ends.js';

/** The seal on the last row of a trail, as the database tells it. */
export interface ToldSeal {
  readonly macKeyId: string;
  readonly chainSeal: ChainSeal;
}

/** Where the database says that a trail and the index of its records end, and the seal at the end. */
export interface ToldTrail extends ToldPlace {
  /** Null if the trail is empty, or if its last row bears none. */
  readonly seal: ToldSeal | null;
}

interface Told extends SealColumns {
  readonly seq: number | null;
  readonly hash: Buffer | null;
  readonly macKeyId: string | null;
  readonly indexSeq: number | null;
  readonly indexMac: Buffer | null;
}

/** The last row is found by its time too, so that only one month is read. */
const statement = `
  SELECT head.seq::float8 AS seq, head.hash, i.seq::float8 AS "indexSeq", i.mac AS "indexMac",
    e.mac_key_id AS "macKeyId", e.chain_seal_from::float8 AS "chainSealFrom", e.chain_seal AS "chainSealMac",
    e.chain_seal_index_seq::float8 AS "chainSealIndexSeq", e.chain_seal_index_mac AS "chainSealIndexMac"
  FROM (SELECT $1::uuid AS tenant_id) asked
    LEFT JOIN trail_head head USING (tenant_id) LEFT JOIN record_index i USING (tenant_id)
    LEFT JOIN sealed_event e ON e.tenant_id = $1 AND e.seq = head.seq AND e.sealed_at = head.sealed_at`;

/** Reads where the trail and the index end, and the seal at the end, in one statement. */
export const toldTrail = async (manager: EntityManager, tenantId: string): Promise<ToldTrail> => {
  const [row] = await manager.query<Told[]>(statement, [tenantId]);
  if (row === undefined) throw new Error('a statement without a row');
  const { seq, hash, macKeyId } = row;
  const chainSeal = chainSealOf(row);
  return {
    end: seq === null || hash === null ? null : { seq, hash },
    index: { seq: row.indexSeq ?? 0, mac: row.indexMac ?? Buffer.of() },
    seal: macKeyId === null || chainSeal === null ? null : { macKeyId, chainSeal },
  };
};
