import { type ChainRow, type EventMac, type KeyedChecks, sealedBytesOf } from '@ankasecure/audit-event';
import { AnkaError, type Context } from '@ankasecure/contracts';
import type { MacSource } from './mac-source.js';
import { isNoSuchKey } from './stored-mac.js';

/** A MAC that a row claims was made under the tenant's key. */
interface Claim {
  readonly row: ChainRow;
  readonly kind: keyof KeyedChecks;
  readonly message: Uint8Array;
  readonly mac: Uint8Array;
}

const claimsOf = (row: ChainRow): readonly Claim[] => {
  const sealed = sealedBytesOf(row);
  const event: Claim = { row, kind: 'hmac', message: row.canonical, mac: row.hmac };
  return row.chainSeal === null || sealed === undefined
    ? [event]
    : [event, { row, kind: 'chainSeal', message: sealed, mac: row.chainSeal.mac }];
};

/** Gets every MAC of `rows` computed again and compares them. @returns one entry per row */
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
): Promise<readonly EventMac[]> => {
  try {
    return await macs.compute(
      context,
      macKeyId,
      claims.map(({ message }) => message),
    );
  } catch (error) {
    if (isNoSuchKey(error) || (error instanceof AnkaError && error.code === 'tenant-unknown')) return [];
    throw error;
  }
};
