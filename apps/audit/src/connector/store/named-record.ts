import type { RecordHead } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { ConnectorRecord, connectorDigest } from './connector.entity.js';

/** A connector that the trail names, and its place there. */
export interface NamedConnector {
  readonly head: RecordHead;
  /** Undefined if the database does not hold what the trail names. */
  readonly record: ConnectorRecord | undefined;
}

/**
 * Reads the row of a connector that the trail names. A change seals the new row's digest and then deletes the older row, so a row that is
 * not there is missing only if the trail still names it afterwards.
 * @param headOf asks the trail as it stands now
 * @returns undefined if the trail names none
 */
export const readNamed = async (
  dataSource: DataSource,
  tenantId: string,
  headOf: () => Promise<RecordHead | undefined>,
): Promise<NamedConnector | undefined> => {
  for (let head = await headOf(); head !== undefined && head.digest !== null; ) {
    const { id, revision, digest } = head;
    const row = await withTenant(dataSource, tenantId, (manager) =>
      manager.findOneBy(ConnectorRecord, { tenantId, id, revision }),
    );
    if (row !== null && connectorDigest(row) === digest) return { head, record: row };
    const now = await headOf();
    if (now?.revision === revision) return { head, record: undefined };
    head = now;
  }
  return undefined;
};
