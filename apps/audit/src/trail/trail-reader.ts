import { AnkaError } from '@ankasecure/contracts';
import { dataSourceOptions, type ServiceConfig, withTenant } from '@ankasecure/service-kit';
import { DataSource, type EntityManager } from 'typeorm';
import { type ReadBounds, ReadLimit } from './read-limit.js';

const kinds = {
  query: { what: 'queries', perTenant: 2, inAll: 5 },
  verification: { what: 'verifications', perTenant: 1, inAll: 3 },
} as const satisfies Record<string, ReadBounds>;
type Kind = keyof typeof kinds;

/** A connection for every read that may be under way, so that none waits for another's. */
const connections = kinds.query.inAll + kinds.verification.inAll;
/** Milliseconds of one statement: a page, or a stretch of a verification. */
const statementTimeoutMs = 5000;
/** PostgreSQL's query_canceled. */
const canceled = '57014';

/** Connections that only read the trail, apart from those that seal: however long somebody reads, sealing does not wait. */
export class TrailReader {
  private readonly limits = { query: new ReadLimit(kinds.query), verification: new ReadLimit(kinds.verification) };

  private constructor(private readonly dataSource: DataSource) {}

  static async open(database: ServiceConfig['database']): Promise<TrailReader> {
    const schema = { entities: [], migrations: [] };
    const options = dataSourceOptions('audit-read', { ...database, poolSize: connections }, schema, {
      statement_timeout: statementTimeoutMs,
    });
    return new TrailReader(await new DataSource(options).initialize());
  }

  /**
   * Runs `work` as the tenant in one snapshot.
   * @throws AnkaError `service-unavailable` when too many reads of the kind run, `deadline-exceeded` when a statement took too long
   */
  async read<Value>(kind: Kind, tenantId: string, work: (manager: EntityManager) => Promise<Value>): Promise<Value> {
    try {
      return await this.limits[kind].run(tenantId, () =>
        withTenant(this.dataSource, tenantId, work, 'REPEATABLE READ'),
      );
    } catch (error) {
      if ((error as { code?: unknown }).code !== canceled) throw error;
      throw new AnkaError('deadline-exceeded', 'The trail could not be read in time; ask for less of it', {
        cause: error,
      });
    }
  }

  close(): Promise<void> {
    return this.dataSource.destroy();
  }
}
