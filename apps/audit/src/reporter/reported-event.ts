import { canonicalBytes, detailsText, type EventMac } from '@ankasecure/audit-event';
import { type AuditEvent, reporterDetails } from '@ankasecure/contracts';
import type { Source } from './report.js';

/** A MAC of an event that its reporting process has made. */
export interface MadeMac extends EventMac {
  readonly process: string;
}

/** An event as it is sealed: its details name its source. The forms are made once, for the proof, the MAC and the leaf. */
export interface ReportedEvent {
  readonly event: AuditEvent;
  readonly canonical: Buffer;
  /** The text of `detailsText`. */
  readonly details: string;
  /** The traceparent of the span that reported it. It is neither proved nor sealed. */
  readonly span: string | undefined;
  /** The event's own MAC, as its proof binds it, from a process whose MACs are believed. */
  readonly made?: MadeMac | undefined;
}

export const reportedEventOf = ({ reporter, partition }: Source, reported: AuditEvent): ReportedEvent => {
  const event = { ...reported, details: reporterDetails(reported.details, reporter, partition) };
  const span = reported.details?.['traceparent'];
  return { event, canonical: canonicalBytes(event), details: detailsText(event.details), span };
};
