import type { ChainRow } from '@ankasecure/audit-event';
import { ForgedTrail } from './forged-trail.js';
import { reseal } from './resealed.js';
import type { RunningAudit } from './running-audit.js';

/** Seals a trail again with other sealing times, and with the tenant's key: as a process of a release before that believed the database. */
export const retime = async (
  audit: RunningAudit,
  tenantId: string,
  timeOf: (row: Pick<ChainRow, 'seq' | 'sealedAt'>) => number,
): Promise<void> => {
  const trail = new ForgedTrail(audit, tenantId);
  await trail.write((rows) => rows.map((row) => ({ ...row, sealedAt: timeOf(row as ChainRow) })));
  for (const { seq, chainSeal } of await trail.rows())
    if (chainSeal !== null) await reseal(audit, tenantId, seq, chainSeal.index);
};
