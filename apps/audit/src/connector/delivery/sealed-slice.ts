import { type ChainRow, type ChainStart, ChainVerification, sealedBytesOf } from '@ankasecure/audit-event';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { type ComputeMac, isGenuine } from '../../mac/stored-mac.js';
import { selectSlice } from '../../trail/trail-rows.sql.js';

/** The rows that the database tells are not those that were sealed. */
export class TrailDiffers extends Error {}

/** Slices that a batch can reach over: one of events of the largest size has more bytes than a slice. */
const mostSlices = 8;

/**
 * Reads the next rows of a tenant's trail, and proves that they were sealed: each continues the one before, from the last delivered
 * event on, its bytes and hash are those of its columns, and the last one bears a seal that the tenant's key in the HSM made over that
 * hash. So neither these rows nor the place where the cursor stands can be others than were sealed.
 * @param head the last event of the trail, as the database tells it
 * @returns up to the last row that a seal covers; none if another process has delivered up to the head since it was told
 * @throws TrailDiffers; the errors of `mac`
 */
export const readSealedSlice = async (
  dataSource: DataSource,
  tenantId: string,
  start: ChainStart,
  head: number,
  mac: ComputeMac,
): Promise<readonly ChainRow[]> => {
  if (start.seq > head) return [];
  const chain = new ChainVerification(tenantId, start);
  const rows: ChainRow[] = [];
  let at = start;
  for (let slice = 0; slice < mostSlices && at.seq <= head; slice++) {
    const more = await withTenant(dataSource, tenantId, (manager) => selectSlice(manager, tenantId, at, head));
    if (more.length === 0) break;
    for (const row of more) {
      const fault = chain.feed(row);
      if (fault !== undefined) throw new TrailDiffers(`event ${fault.seq}: ${fault.reason}`);
      rows.push(row);
      at = { seq: row.seq + 1, previousHash: row.hash, sealedAt: row.sealedAt };
    }
    const sealed = rows.findLastIndex(({ chainSeal }) => chainSeal !== null);
    if (sealed >= 0) return proven(rows.slice(0, sealed + 1), mac);
  }
  throw new TrailDiffers(`event ${at.seq}: ${rows.length === 0 ? 'missing' : 'unsealed'}`);
};

/**
 * Reads the last delivered rows again, and proves that they lead to the place of the cursor.
 * @param start where the next event must follow
 * @param count of the rows; fewer at the start of the trail
 * @throws TrailDiffers
 */
export const readDelivered = async (
  dataSource: DataSource,
  tenantId: string,
  start: ChainStart,
  count: number,
): Promise<readonly ChainRow[]> => {
  const rows: ChainRow[] = [];
  const from = Math.max(1, start.seq - count);
  for (let seq = from; seq < start.seq; seq = (rows.at(-1)?.seq ?? seq) + 1) {
    const at = { seq, sealedAt: rows.at(-1)?.sealedAt ?? 0 };
    const more = await withTenant(dataSource, tenantId, (manager) => selectSlice(manager, tenantId, at, start.seq - 1));
    if (more.length === 0) break;
    rows.push(...more);
  }
  const [first] = rows;
  if (first === undefined && from === start.seq) return rows;
  const chain = new ChainVerification(tenantId, {
    seq: from,
    previousHash: first?.previousHash ?? Buffer.of(),
    sealedAt: 0,
  });
  for (const row of rows) chain.feed(row);
  const fault = chain.finish({ seq: start.seq - 1, hash: start.previousHash });
  if (fault !== undefined) throw new TrailDiffers(`event ${fault.seq}: ${fault.reason}`);
  return rows;
};

const proven = async (rows: readonly ChainRow[], mac: ComputeMac): Promise<readonly ChainRow[]> => {
  const last = rows.at(-1);
  const message = last && sealedBytesOf(last);
  const claim = last?.chainSeal && message && { macKeyId: last.macKeyId, message, mac: last.chainSeal.mac };
  if (!claim || !(await isGenuine(mac, claim))) throw new TrailDiffers(`event ${last?.seq}: its seal is not genuine`);
  return rows;
};
