import { type ChainRow, type KeyedChecks, sealedBytesOf } from '@ankasecure/audit-event';
import { AnkaError, type Context } from '@ankasecure/contracts';
import type { Mac, MacSource } from '../event/mac.js';

/** What a row claims that the tenant's key made. */
interface Claim {
  readonly row: ChainRow;
  readonly kind: keyof KeyedChecks;
  readonly message: Uint8Array;
  readonly mac: Uint8Array;
}

/** What the worker says of a MAC key that is none of the tenant's: no MAC can hold under it. */
const noSuchKey: readonly string[] = ['request-invalid', 'key-not-found', 'tenant-unknown'];

const claimsOf = (row: ChainRow): readonly Claim[] => {
  const sealed = sealedBytesOf(row);
  const event: Claim = { row, kind: 'hmac', message: row.canonical, mac: row.hmac };
  return row.chainSeal === null || sealed === undefined
    ? [event]
    : [event, { row, kind: 'chainSeal', message: sealed, mac: row.chainSeal.mac }];
};

/** Has every MAC of `rows` made again, and compares. @returns one entry per row */
export const checkMacs = async (
  macs: MacSource,
  context: Context,
  rows: readonly ChainRow[],
): Promise<readonly KeyedChecks[]> => {
  const holding: Record<keyof KeyedChecks, Set<ChainRow>> = { hmac: new Set(), chainSeal: new Set() };
  const byKey = Map.groupBy(rows.flatMap(claimsOf), ({ row }) => row.macKeyId);
  for (const [macKeyId, claims] of byKey) {
    const computed = await recompute(macs, context, macKeyId, claims);
    for (const [index, { row, kind, mac }] of claims.entries())
      if (computed[index]?.hmac.equals(mac)) holding[kind].add(row);
  }
  return rows.map((row) => ({ hmac: holding.hmac.has(row), chainSeal: holding.chainSeal.has(row) }));
};

const recompute = async (
  macs: MacSource,
  context: Context,
  macKeyId: string,
  claims: readonly Claim[],
): Promise<readonly Mac[]> => {
  try {
    return await macs.compute(
      context,
      macKeyId,
      claims.map(({ message }) => message),
    );
  } catch (error) {
    if (error instanceof AnkaError && noSuchKey.includes(error.code)) return [];
    throw error;
  }
};
