import { type ChainRow, canonicalBytes, genesisHash, leafHash } from '@ankasecure/audit-event';
import { chainRowOf, type ExactRow, selectExactRows } from '../trail/exact-row.sql.js';
import { instantOf } from '../trail/instant.js';
import { database, type RunningAudit } from './running-audit.js';

/** Changes the rows of a trail. Sequence numbers, links and hashes are recomputed afterwards. */
export type Forgery = (rows: readonly Partial<ChainRow>[]) => readonly Partial<ChainRow>[];

const hex = (bytes: Uint8Array): string => `\\x${Buffer.from(bytes).toString('hex')}`;

/** Rewrites a trail as an attacker can who writes to the database and knows the format, but has no access to the HSM. */
export class ForgedTrail {
  constructor(
    private readonly audit: RunningAudit,
    private readonly tenantId: string,
  ) {}

  async rows(): Promise<readonly ChainRow[]> {
    const stored = await this.audit.postgres.query(
      database,
      `${selectExactRows} tenant_id = '${this.tenantId}' ORDER BY sealed_event.seq`,
    );
    return stored.map((row) => chainRowOf(row as unknown as ExactRow));
  }

  /** Puts a row beside the trail, with the hash of its content. */
  async plant(row: ChainRow): Promise<void> {
    const planted = { ...row, canonical: canonicalBytes(row) };
    const record = JSON.stringify(recordOf({ ...planted, hash: leafHash(planted) })).replaceAll("'", "''");
    await this.audit.tamper(
      `INSERT INTO sealed_event SELECT * FROM jsonb_populate_record(NULL::sealed_event, '${record}')`,
    );
  }

  async write(forgery: Forgery): Promise<void> {
    const where = `tenant_id = '${this.tenantId}'`;
    const forged = linked(this.tenantId, forgery(await this.rows()) as readonly ChainRow[]);
    const records = JSON.stringify(forged.map(recordOf)).replaceAll("'", "''");
    const last = forged.at(-1);
    await this.audit.tamper(`DELETE FROM sealed_event WHERE ${where};
      INSERT INTO sealed_event SELECT * FROM jsonb_populate_recordset(NULL::sealed_event, '${records}');
      UPDATE trail_head h SET seq = e.seq, hash = e.hash, sealed_at = e.sealed_at FROM sealed_event e
        WHERE h.${where} AND e.${where} AND e.seq = ${last?.seq}`);
  }
}

const linked = (tenantId: string, rows: readonly ChainRow[]): readonly ChainRow[] => {
  let previousHash: Uint8Array = genesisHash(tenantId);
  return rows.map((row, index) => {
    const seq = index + 1;
    const changed = { ...row, seq, previousHash, canonical: canonicalBytes(row) };
    previousHash = leafHash(changed);
    return { ...changed, hash: previousHash, chainSeal: fitting(seq, row) };
  });
};

/** The unchanged seal with a batch of the same length. A forger can change the batch but cannot make the MAC. */
const fitting = (seq: number, { chainSeal, seq: before }: ChainRow): ChainRow['chainSeal'] =>
  chainSeal === null ? null : { ...chainSeal, fromSeq: Math.max(1, chainSeal.fromSeq + seq - before) };

const recordOf = (row: ChainRow): Record<string, unknown> => ({
  tenant_id: row.tenantId,
  seq: row.seq,
  event_id: row.eventId,
  user_id: row.userId,
  key_id: row.keyId,
  algorithm: row.algorithm,
  operation: row.operation,
  outcome: row.outcome,
  failure_code: row.failureCode,
  occurred_at: row.occurredAt,
  correlation_id: row.correlationId,
  details: row.details,
  mac_key_id: row.macKeyId,
  canonical: hex(row.canonical),
  hmac: hex(row.hmac),
  previous_hash: hex(row.previousHash),
  hash: hex(row.hash),
  sealed_at: instantOf(row.sealedAt),
  chain_seal_from: row.chainSeal?.fromSeq ?? null,
  chain_seal: row.chainSeal === null ? null : hex(row.chainSeal.mac),
  chain_seal_index_seq: row.chainSeal?.index?.seq ?? null,
  chain_seal_index_mac: row.chainSeal?.index ? hex(row.chainSeal.index.mac) : null,
});
