import { Entity, PrimaryColumn } from 'typeorm';

const primaryKeyConstraintName = 'event_dedup_pkey';

/** An event id that is sealed. A row for it means that the event is never sealed again. */
@Entity('event_dedup')
export class EventDedup {
  @PrimaryColumn('uuid', { name: 'tenant_id', primaryKeyConstraintName })
  tenantId!: string;

  @PrimaryColumn('uuid', { name: 'event_id', primaryKeyConstraintName })
  eventId!: string;
}
