import { canonicalBytes, detailsText } from '@ankasecure/audit-event';
import { type AuditEvent, reporterDetails } from '@ankasecure/contracts';
import type { Source } from './report.js';

/** An event as it is sealed: its details name its source. The forms are made once, for the proof, the MAC and the leaf. */
export interface ReportedEvent {
  readonly event: AuditEvent;
  readonly canonical: Buffer;
  /** The text of `detailsText`. */
  readonly details: string;
}

export const reportedEventOf = ({ reporter, partition }: Source, reported: AuditEvent): ReportedEvent => {
  const event = { ...reported, details: reporterDetails(reported.details, reporter, partition) };
  return { event, canonical: canonicalBytes(event), details: detailsText(event.details) };
};
