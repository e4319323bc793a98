import type { SettingsOf } from '@ankasecure/contracts';
import type { DeliveredEvent } from '../connector.js';

type Settings = Pick<SettingsOf<'splunk'>, 'index' | 'sourcetype' | 'host'>;

/** Seconds since the epoch with milliseconds. Splunk keeps no more; the event has its own microseconds. */
const secondsOf = (instant: string): number => Date.parse(instant) / 1000;

/**
 * An event as the collector's `event` endpoint takes it, with a line break. The indexed fields let a search find gaps and repeated
 * deliveries without reading events: `tstats` by `tenant_id` and `seq`.
 */
export const hecEvent = (event: DeliveredEvent, { index, sourcetype, host }: Settings): Buffer => {
  const { tenantId: tenant_id, eventId: event_id, seq, outcome, operation } = event;
  const about = {
    time: secondsOf(event.occurredAt),
    host,
    source: 'ankasecure',
    sourcetype,
    ...(index !== undefined && { index }),
  };
  const repeat = event.repeat === true && { repeat: 'true' };
  const fields = { tenant_id, event_id, seq: String(seq), outcome, operation, ...repeat };
  return Buffer.from(`${JSON.stringify({ ...about, event, fields })}\n`);
};
