import { createSecretKey, type KeyObject } from 'node:crypto';
import { canonicalBytes, detailsText, type EventMac, type OutboxProcess, outboxMac } from '@ankasecure/audit-event';
import { AnkaError, type AuditEvent, newId, type Reporter, reporterDetails } from '@ankasecure/contracts';

/** Makes the MACs of events, in a process that has the keys. */
export interface EventMacs {
  /** @returns undefined without today's key of the tenant */
  of(tenantId: string, canonical: Uint8Array): EventMac | undefined;
}

/**
 * Proves to the audit service which process wrote an event into an outbox. Whoever owns the database has no key, so they cannot
 * write or change an event. The key is derived in the HSM once, and is kept in the memory of this process alone.
 */
export class OutboxProof {
  readonly process = newId();
  /** Makes the events' MACs; undefined in a service without keys. */
  macs: EventMacs | undefined;
  /** Whether the audit service takes events' MACs, as it has answered last. */
  takesMacs = false;
  private readonly of: OutboxProcess;
  private key: KeyObject | undefined;

  /** @param partition the HSM partition whose outcomes are reported; empty for a service without one */
  constructor(
    readonly service: Reporter,
    readonly partition: string,
  ) {
    this.of = { service, partition: partition === '' ? null : partition, process: this.process };
  }

  /** Whether the process has its key. It keeps it until it ends. */
  get isOpen(): boolean {
    return this.key !== undefined;
  }

  /** @param key 32 bytes */
  open(key: Uint8Array): void {
    this.key = createSecretKey(key);
  }

  /** @throws AnkaError `audit-unavailable` until a worker has given the key */
  assertOpen(): void {
    this.genuineKey();
  }

  /**
   * The event as JSON with its proof, as it waits in the outbox.
   * @throws AnkaError `audit-unavailable` as `assertOpen`
   */
  textOf(event: AuditEvent): string {
    const key = this.genuineKey();
    const details = detailsText(reporterDetails(event.details, this.service, this.of.partition ?? undefined));
    const { eventId, tenantId } = event;
    const canonical = canonicalBytes(event);
    const made = this.takesMacs ? this.macs?.of(tenantId, canonical) : undefined;
    const mac = outboxMac(key, this.of, { eventId, canonical, details, made }).toString('base64url');
    const own = made && `,"macKeyId":"${made.macKeyId}","hmac":"${made.hmac.toString('base64url')}"`;
    return `${JSON.stringify(event).slice(0, -1)},"proof":{"process":"${this.process}","mac":"${mac}"${own ?? ''}}}`;
  }

  private genuineKey(): KeyObject {
    if (this.key === undefined)
      throw new AnkaError(
        'audit-unavailable',
        'The service has no key to prove its audit events with, because no crypto-worker has answered since its start.',
      );
    return this.key;
  }
}
