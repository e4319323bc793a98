import type { ChainRow, ChainSeal, SealedIndex } from '@ankasecure/audit-event';
import type { EntityManager } from 'typeorm';

/** A row for verification. A `Date` would lose the microseconds of `sealed_at`, and with them a forger's change to them. */
export interface ExactRow extends Omit<ChainRow, 'chainSeal'> {
  readonly chainSealFrom: number | null;
  readonly chainSealMac: Buffer | null;
  readonly chainSealIndexSeq: number | null;
  readonly chainSealIndexMac: Buffer | null;
}

const expressions: Readonly<Record<keyof ExactRow, string>> = {
  tenantId: 'tenant_id',
  seq: 'seq::float8',
  eventId: 'event_id',
  userId: 'user_id',
  keyId: 'key_id',
  algorithm: 'algorithm',
  operation: 'operation',
  outcome: 'outcome',
  failureCode: 'failure_code',
  occurredAt: 'occurred_at::float8',
  correlationId: 'correlation_id',
  details: 'details',
  macKeyId: 'mac_key_id',
  canonical: 'canonical',
  hmac: 'hmac',
  previousHash: 'previous_hash',
  hash: 'hash',
  sealedAt: '(extract(epoch FROM sealed_at) * 1000000)::bigint::float8',
  chainSealFrom: 'chain_seal_from::float8',
  chainSealMac: 'chain_seal',
  chainSealIndexSeq: 'chain_seal_index_seq::float8',
  chainSealIndexMac: 'chain_seal_index_mac',
};

/**
 * The columns of an `ExactRow`. Numbers stay below 2⁵³, so float8 holds them exactly. Order by `sealed_event.seq`: a bare `seq` names
 * the converted column, which no index serves.
 */
export const exactColumns = Object.entries(expressions)
  .map(([name, expression]) => `${expression} AS "${name}"`)
  .join(', ');

/** The columns without a length of their own. */
export const longColumns = [
  'user_id',
  'algorithm',
  'operation',
  'outcome',
  'failure_code',
  'correlation_id',
  'details',
  'mac_key_id',
  'canonical',
  'hmac',
  'previous_hash',
  'hash',
  'chain_seal',
  'chain_seal_index_mac',
];

/** The size of a row. It is known without reading the row. */
export const rowBytes = `(${longColumns.map((column) => `coalesce(octet_length(${column}), 0)`).join(' + ')})`;

/** The most bytes of a row: twice what the longest event takes. */
export const mostRowBytes = 4 * 1024 * 1024;

/** Selects `ExactRow`s. A condition follows. A row that is longer than any of ours counts as missing. */
export const selectExactRows = `SELECT ${exactColumns} FROM sealed_event WHERE ${rowBytes} <= ${mostRowBytes} AND`;

/** The columns of a seal. */
export type SealColumns = Pick<ExactRow, 'chainSealFrom' | 'chainSealMac' | 'chainSealIndexSeq' | 'chainSealIndexMac'>;

export const chainRowOf = ({
  chainSealFrom,
  chainSealMac,
  chainSealIndexSeq,
  chainSealIndexMac,
  ...row
}: ExactRow): ChainRow => ({
  ...row,
  chainSeal: chainSealOf({ chainSealFrom, chainSealMac, chainSealIndexSeq, chainSealIndexMac }),
});

export const chainSealOf = (columns: SealColumns): ChainSeal | null => {
  const { chainSealFrom: fromSeq, chainSealMac: mac } = columns;
  return fromSeq === null || mac === null ? null : { fromSeq, mac, index: sealedIndexOf(columns) };
};

/** Version 1 has neither column. Of a row that has one of them only, the index is one that no batch can have. */
const sealedIndexOf = ({ chainSealIndexSeq: seq, chainSealIndexMac: mac }: SealColumns): SealedIndex | null => {
  if (seq === null && mac === null) return null;
  return seq === null || mac === null ? { seq: -1, mac: Buffer.of() } : { seq, mac };
};

/** The row of that sequence number, if it exists. */
export const findExactRow = async (
  manager: EntityManager,
  tenantId: string,
  seq: number,
): Promise<ChainRow | undefined> => {
  const [row] = await manager.query<ExactRow[]>(`${selectExactRows} tenant_id = $1 AND seq = $2`, [tenantId, seq]);
  return row && chainRowOf(row);
};
