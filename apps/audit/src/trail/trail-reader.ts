import { AnkaError } from '@ankasecure/contracts';
import { DatabaseConfig, withTenant } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { OwnConnections } from './own-connections.js';
import { type ReadBounds, ReadLimit } from './read-limit.js';
import { SealedEvent } from './sealed-event.entity.js';
import { TrailHead } from './trail-head.entity.js';

const kinds = {
  query: { what: 'queries', perTenant: 2, inAll: 5 },
  verification: { what: 'verifications', perTenant: 1, inAll: 3 },
  acceptance: { what: 'acceptances of trails', perTenant: 1, inAll: 1 },
} as const satisfies Record<string, ReadBounds>;
type Kind = keyof typeof kinds;

/** One connection for each concurrent read, so that no read waits for another's connection. */
const connections = Object.values(kinds).reduce((sum, { inAll }) => sum + inAll, 0);
/** PostgreSQL's query_canceled. */
const canceled = '57014';

/** Reads the trail on connections of its own, so that sealing never waits for a reader. A statement reads a page, or a chunk of a verification. */
@Injectable()
export class TrailReader extends OwnConnections {
  private readonly limits: Readonly<Record<Kind, ReadLimit>> = {
    query: new ReadLimit(kinds.query),
    verification: new ReadLimit(kinds.verification),
    acceptance: new ReadLimit(kinds.acceptance),
  };

  constructor(database: DatabaseConfig) {
    super(database, 'read', connections, [SealedEvent, TrailHead]);
  }

  /**
   * Runs `work` as the tenant in one snapshot.
   * @throws AnkaError `service-unavailable` if too many reads of the kind run, `deadline-exceeded` if a statement takes too long
   */
  async read<Value>(kind: Kind, tenantId: string, work: (manager: EntityManager) => Promise<Value>): Promise<Value> {
    try {
      return await this.limits[kind].run(tenantId, () =>
        withTenant(this.dataSource, tenantId, work, 'REPEATABLE READ'),
      );
    } catch (error) {
      if ((error as { code?: unknown }).code !== canceled) throw error;
      throw new AnkaError('deadline-exceeded', 'The trail could not be read in time. Request a smaller part of it.', {
        cause: error,
      });
    }
  }
}
