import { AnkaError } from '@ankasecure/contracts';

/** The alarms of a database that does not keep what is sealed. */
export type TrailAlarm = 'trail-behind' | 'trail-unwritten';

/** The database does not have what was sealed. Nothing of the batch is committed, and its reporter sends it again. */
export class TrailFault extends AnkaError {
  constructor(
    readonly alarm: TrailAlarm,
    detail: string,
  ) {
    super('service-unavailable', detail);
  }
}
