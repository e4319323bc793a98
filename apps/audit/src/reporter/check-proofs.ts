import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { outboxMac } from '@ankasecure/audit-event';
import { AnkaError, isReporter, type OfferedEvent } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import type { Source } from './report.js';
import { type ReportedEvent, reportedEventOf } from './reported-event.js';
import { type ProvingService, ReporterKeys } from './reporter-keys.js';

/** Events by the result of the check. */
export interface CheckedEvents {
  readonly proven: readonly ReportedEvent[];
  /** Events that no process of the source wrote as they are. */
  readonly unproven: readonly ReportedEvent[];
}

/**
 * Checks that each event was written by a process of the service that reports it. The database's owner can put any text into an
 * outbox, and has no process's key.
 */
@Injectable()
export class CheckProofs {
  constructor(private readonly keys: ReporterKeys) {}

  /** @throws AnkaError `access-denied` for a service that reports nothing; retryable if no worker gives the keys */
  async check(source: Source, offered: readonly OfferedEvent[]): Promise<CheckedEvents> {
    const { reporter, partition = null } = source;
    if (!isReporter(reporter)) throw new AnkaError('access-denied', `${reporter} may not report events`);
    const by: ProvingService = { service: reporter, partition };
    const keys = await this.keys.of(by, new Set(offered.flatMap(({ proof }) => proof?.process ?? [])));
    const proven: ReportedEvent[] = [];
    const unproven: ReportedEvent[] = [];
    for (const { proof, ...own } of offered) {
      const reported = reportedEventOf(source, own);
      const key = keys.get(proof?.process ?? '');
      (proof !== undefined && key !== undefined && isGenuine(by, key, proof, reported) ? proven : unproven).push(
        reported,
      );
    }
    return { proven, unproven };
  }
}

const isGenuine = (
  by: ProvingService,
  key: KeyObject,
  { process, mac }: NonNullable<OfferedEvent['proof']>,
  { event: { eventId }, canonical, details }: ReportedEvent,
): boolean => {
  const genuine = outboxMac(key, { ...by, process }, { eventId, canonical, details });
  const told = Buffer.from(mac, 'base64url');
  return told.length === genuine.length && timingSafeEqual(told, genuine);
};
