import { AnkaError } from '@ankasecure/contracts';
import type { DataSource } from 'typeorm';
import { type AnchoredHead, type AnchoredTrails, arePlain } from './anchored-heads.js';

/** The heads of all trails that have events. @throws AnkaError `service-unavailable` for what no trails can be */
export const trailHeads = async (dataSource: DataSource): Promise<AnchoredHead[]> => {
  const heads = await dataSource.query<AnchoredHead[]>(
    `SELECT tenant_id AS "tenantId", seq::float8 AS seq, hash, index_seq::float8 AS "indexSeq", index_mac AS "indexMac"
     FROM all_trail_heads()`,
  );
  if (arePlain(heads)) return heads;
  throw new AnkaError(
    'service-unavailable',
    'ankadb_audit names ends of trails that no trail can have, or two of one trail. Look for views and functions that were changed.',
  );
};

/** Reads the trails that an anchor binds; undefined if this database does not have the anchor. */
export const trailsOfAnchor = async (dataSource: DataSource, number: number): Promise<AnchoredTrails | undefined> => {
  const [anchor] = await dataSource.query<{ accepted: number }[]>(
    'SELECT accepted::float8 AS accepted FROM trail_anchor WHERE number = $1',
    [number],
  );
  if (anchor === undefined) return undefined;
  const heads = await dataSource.query<AnchoredHead[]>(
    `SELECT h.tenant AS "tenantId", h.seq::float8 AS seq, h.hash, h.index_seq::float8 AS "indexSeq", h.index_mac AS "indexMac"
     FROM trail_anchor a, unnest(a.tenants, a.seqs, a.hashes, a.index_seqs, a.index_macs) AS h (tenant, seq, hash, index_seq, index_mac)
     WHERE a.number = $1`,
    [number],
  );
  return { ...anchor, heads };
};

/** The number of this database's last anchor; 0 if it has none. */
export const lastAnchor = async (dataSource: DataSource): Promise<number> => {
  const [row] = await dataSource.query<{ number: number }[]>(
    'SELECT coalesce(max(number), 0)::float8 AS number FROM trail_anchor',
  );
  return row?.number ?? 0;
};

/**
 * Stores the heads of a new anchor, and drops those before the anchor that the token holds.
 * @returns false if another instance has stored one of this number
 */
export const storeAnchor = async (
  dataSource: DataSource,
  number: number,
  held: number,
  { accepted, heads }: AnchoredTrails,
): Promise<boolean> => {
  const [row] = await dataSource.query<{ stored: boolean }[]>(
    'SELECT store_trail_anchor($1, $2, $3, $4, $5, $6, $7, $8) AS stored',
    [
      number,
      accepted,
      held,
      heads.map(({ tenantId }) => tenantId),
      heads.map(({ seq }) => seq),
      heads.map(({ hash }) => hash),
      heads.map(({ indexSeq }) => indexSeq),
      heads.map(({ indexMac }) => indexMac),
    ],
  );
  return row?.stored === true;
};
