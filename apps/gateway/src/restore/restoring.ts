import type { RecordKind } from '@ankasecure/contracts';
import { type Restoring, transactionTime } from '@ankasecure/service-kit';
import type { ApprovalRecord } from '../approval/approval.entity.js';
import type { IssuerRecord } from '../issuer/issuer.entity.js';

/**
 * How the gateway's records are brought up to date. Identities that a backup brought back are taken, since the trail names them
 * by their digest alone: an old form could have more roles, or a key that was taken away. An administrator sets them again. A
 * request for approval that has changed since ends. All other records are accepted as the backup has them.
 * @param gone gets the names of the issuers that are taken
 */
export const restoringsOf = (gone: string[]): Partial<Record<RecordKind, Restoring>> => ({
  issuer: {
    changes: (_, row) => {
      gone.push((row as IssuerRecord).issuer);
      return 'remove';
    },
  },
  // Whom the trail names stays shut out without the row. An exclusion of a release before counts as deleted.
  excluded_subject: { changes: () => ({}), missing: ({ state }) => (state === null ? 'lost' : 'kept') },
  service_account: { changes: () => 'remove' },
  approval: {
    changes: async (manager, row) =>
      (row as ApprovalRecord).endedAt === null ? { endedAt: await transactionTime(manager) } : {},
    // Requests are deleted some time after their end.
    missing: () => undefined,
  },
});
