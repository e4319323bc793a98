import { AnkaError, type AuditEvent, appendFromPolicy, type RecordHead } from '@ankasecure/contracts';
import { recordHeadsOf, serveRecordTrail, type TestBus } from '@ankasecure/testing';

/** An audit service that seals what it is sent, and says of records what the events say. */
export class AuditStandIn {
  readonly sealed: AuditEvent[] = [];
  /** Whether it answers what it is asked about records. */
  answers = true;

  constructor(bus: TestBus) {
    bus.serve(appendFromPolicy, '', async (_, { events }) => {
      this.sealed.push(...events.map(({ proof: _proof, ...event }) => event));
      return { body: { sealed: events.length } };
    });
    serveRecordTrail(
      () => bus,
      () => this.known(),
    );
  }

  /** The last changes of a tenant's records. */
  headsOf(tenantId: string): ReadonlyMap<string, RecordHead> {
    return recordHeadsOf(this.known(), tenantId);
  }

  private known(): readonly AuditEvent[] {
    if (!this.answers) throw new AnkaError('service-unavailable');
    return this.sealed;
  }
}
