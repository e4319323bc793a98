import { AnkaError } from '@ankasecure/contracts';
import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Counter, Registry } from 'prom-client';

/** Says that a tenant's index of records is refused, in the log and in a metric. */
@Injectable()
export class IndexAlarm {
  private readonly refused: Counter;

  constructor(
    private readonly log: Logger,
    registry: Registry,
  ) {
    this.refused = new Counter({
      name: 'ankasecure_record_index_refused_total',
      help: 'Questions and batches for which an index of records in ankadb_audit was refused',
      registers: [registry],
    });
  }

  /** @returns the answer for the caller: `service-unavailable` (retryable) */
  raise(tenantId: string, what: string): AnkaError {
    this.refused.inc();
    this.log.error({ alarm: 'record-index', tenantId, what }, 'the index of records in ankadb_audit is refused');
    const detail = `The index of the tenant’s records in ankadb_audit is refused: ${what}. deploy/backup.md says how to go on.`;
    return new AnkaError('service-unavailable', detail);
  }
}
