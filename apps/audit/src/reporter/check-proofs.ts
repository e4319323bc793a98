import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { type EventMac, isDayKeyId, outboxMac } from '@ankasecure/audit-event';
import { AnkaError, isReporter, type OfferedEvent } from '@ankasecure/contracts';
import { BoundedMap } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import type { Source } from './report.js';
import { type ReportedEvent, reportedEventOf } from './reported-event.js';
import { type ProvingService, ReporterKeys } from './reporter-keys.js';

/** Processes that are remembered for a false MAC. */
const capacity = 10_000;
/** The length of a MAC, in bytes. */
const macBytes = 32;

type Proof = NonNullable<OfferedEvent['proof']>;

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
  private readonly distrusted = new BoundedMap<string, true>(capacity);

  constructor(private readonly keys: ReporterKeys) {}

  /** Believes no MAC of the process from now on. Its events are sealed under MACs that workers are asked for. */
  distrust(process: string): void {
    this.distrusted.set(process, true);
  }

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
      const made = proof && madeBy(proof);
      if (proof === undefined || key === undefined || made === false || !isGenuine(by, key, proof, reported, made))
        unproven.push(reported);
      else if (made !== undefined && this.isBelieved(by, proof, made))
        proven.push({ ...reported, made: { ...made, process: proof.process } });
      else proven.push(reported);
    }
    return { proven, unproven };
  }

  /** Only a process with a token can make MACs, and only under the key of a day. */
  private isBelieved({ partition }: ProvingService, { process }: Proof, { macKeyId }: EventMac): boolean {
    return partition !== null && isDayKeyId(macKeyId) && !this.distrusted.has(process);
  }
}

/** The MAC of the event that the proof has; undefined if it has none, and false if no process of ours writes it so. */
const madeBy = ({ macKeyId, hmac: text }: Proof): EventMac | undefined | false => {
  if (macKeyId === undefined && text === undefined) return undefined;
  if (macKeyId === undefined || text === undefined) return false;
  const hmac = Buffer.from(text, 'base64url');
  return hmac.length === macBytes && { macKeyId, hmac };
};

const isGenuine = (
  by: ProvingService,
  key: KeyObject,
  { process, mac }: Proof,
  { event: { eventId }, canonical, details }: ReportedEvent,
  made: EventMac | undefined,
): boolean => {
  const genuine = outboxMac(key, { ...by, process }, { eventId, canonical, details, made });
  const told = Buffer.from(mac, 'base64url');
  return told.length === genuine.length && timingSafeEqual(told, genuine);
};
