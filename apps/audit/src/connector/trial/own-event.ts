import type { Context, SealedEvent } from '@ankasecure/contracts';
import { withTenant } from '@ankasecure/service-kit';
import type { DataSource } from 'typeorm';
import { readPage } from '../../proof/page-rows.sql.js';
import type { ProvePage } from '../../proof/prove-page.js';
import { deliveredEvent } from '../delivery/delivered-event.js';
import { seqOf } from './own-event.sql.js';

/**
 * Reads an event that was just sealed, in the form that receivers get.
 * @returns undefined if the tenant's key vouches for no row of this id
 * @throws the errors of `ProvePage`
 */
export const readOwnEvent = async (
  dataSource: DataSource,
  pages: ProvePage,
  context: Context,
  { eventId, operation }: { readonly eventId: string; readonly operation: string },
): Promise<SealedEvent | undefined> => {
  const { tenantId, correlationId } = context;
  const page = await withTenant(dataSource, tenantId, async (manager) => {
    const rows = await manager.query<{ seq: number }[]>(seqOf, [tenantId, correlationId, operation, eventId]);
    return readPage(
      manager,
      tenantId,
      rows.slice(0, 1).map(({ seq }) => seq),
      'asc',
    );
  });
  const { proven } = await pages.prove(context, page, undefined);
  const row = proven.find((one) => one.eventId === eventId && one.operation === operation);
  return row && deliveredEvent(row);
};
