import { AnkaError, auditEvent, newId, platformTenantId, type RecordPlace } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { type Counter, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { withTenant } from '../database/tenant.js';
import { rejectedRecords } from '../health/rejected-records.js';
import { Logger } from '../logging/logger.js';
import { QuietPeriod } from '../memory/quiet-period.js';
import { Outbox } from '../outbox/outbox.js';
import { RecordOwner } from './record-authority.js';
import { behindDetail } from './record-standing.js';

/** Why a record is refused. */
export type RejectionReason =
  | 'forged'
  | 'missing-seal'
  | 'outdated'
  | 'missing'
  | 'not-newest'
  | 'reused'
  | 'ambiguous'
  | 'impossible'
  | 'ahead';

/** A refused record: its table, its tenant and its primary key. */
export interface RejectedRecord extends RecordPlace {
  readonly id: string;
}

/** The most records whose last event is remembered. */
const capacity = 10_000;

const restoreRow =
  'Nothing was done with it. Restore the row from a backup of the database, and find out who else can write to it.';

interface Telling {
  readonly code: 'record-forged' | 'record-outdated' | 'audit-unavailable';
  /** @param name the record's table and primary key */
  readonly says: (name: string) => string;
  readonly advice: string;
}

const refusal = (why: string) => (name: string) => `The stored ${name} is refused: ${why}.`;

const telling: Readonly<Record<RejectionReason, Telling>> = {
  forged: { code: 'record-forged', says: refusal('its seal does not match what it says'), advice: restoreRow },
  'missing-seal': { code: 'record-forged', says: refusal('it has no seal'), advice: restoreRow },
  outdated: { code: 'record-outdated', says: refusal('the audit trail holds a later one'), advice: behindDetail },
  missing: {
    code: 'record-outdated',
    says: (name) => `The audit trail holds ${name}, and the database does not.`,
    advice: restoreRow,
  },
  'not-newest': {
    code: 'record-outdated',
    says: refusal('the audit trail holds one with a higher number, and the database does not'),
    advice: restoreRow,
  },
  reused: {
    code: 'record-outdated',
    says: (name) => `The id of a new record is taken: there is or was another ${name}.`,
    advice:
      'Nothing was done. Send the request again with a new Idempotency-Key, and find out who else can write to the database.',
  },
  ambiguous: {
    code: 'record-forged',
    says: refusal('another one has its name'),
    advice:
      'Nothing was done with either. Find out which of the two was made first, and who else can write to the database.',
  },
  ahead: {
    code: 'audit-unavailable',
    says: refusal('its revision is ahead of the clock, and the audit trail does not name it'),
    advice:
      'Try again: the trail may hear of it in a moment. If this goes on, have the clocks checked, and find out who else can write to the database.',
  },
  impossible: {
    code: 'record-outdated',
    says: () => 'The database tells a revision that no change can have.',
    advice: 'Nothing was done. Find out who else can write to the database, and put record_position back.',
  },
};

/** Raises the alarm about records that nobody here has written: a metric, a logged error and an audit event. */
@Injectable()
export class RecordRejections {
  private readonly rejected: Counter<'kind' | 'reason'>;
  private readonly quiet = new QuietPeriod(capacity);

  constructor(
    private readonly owner: RecordOwner,
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly log: Logger,
    registry: Registry,
  ) {
    this.rejected = rejectedRecords(registry);
  }

  /** @returns the error that the record's user is answered with */
  reject(record: RejectedRecord, reason: RejectionReason): AnkaError {
    const { table: kind, id, tenantId } = record;
    this.rejected.inc({ kind, reason });
    this.log.error({ alarm: 'record-rejected', kind, id, tenantId, reason }, 'a record of the database was refused');
    if (this.quiet.isDue(`${kind}/${tenantId}/${id}/${reason}`)) void this.putOnRecord(record, reason);
    const { code, says, advice } = telling[reason];
    return new AnkaError(code, `${says(`${kind} ${id}`)} ${advice}`);
  }

  /** The transaction that loaded the record fails, so the event has one of its own. */
  private async putOnRecord({ table: kind, id, tenantId }: RejectedRecord, reason: RejectionReason): Promise<void> {
    const actor = { tenantId: tenantId ?? platformTenantId, principal: this.owner.service, correlationId: newId() };
    const details = { kind, id: id.slice(0, 512), reason };
    const event = auditEvent(actor, { operation: 'record.reject', failureCode: telling[reason].code, details });
    try {
      await withTenant(this.dataSource, actor.tenantId, (manager) => this.outbox.write(manager, [event]));
      this.outbox.committed(1);
    } catch (error) {
      this.log.error({ kind, id, reason: (error as Error).message }, 'cannot record that a record was refused');
      this.quiet.end(`${kind}/${tenantId}/${id}/${reason}`);
    }
  }
}
