import { AnkaError } from '@ankasecure/contracts';
import type { CustodyLogger, CustodyObserver } from '../profile/config.js';

/** Where the alarms of a partition are heard. */
export interface Alarms {
  readonly partition: string;
  readonly logger: CustodyLogger;
  readonly observer: CustodyObserver | undefined;
}

/** Raises the alarm: data kept outside the token was changed. */
export const blobRefused = ({ logger }: Alarms, operation: string): AnkaError => {
  logger.error({ alarm: 'key-blob-refused', operation }, 'a key does not match its record');
  return new AnkaError('key-blob-refused');
};

/** Raises the alarm: an object of the token is not what a record says. @param reason for the log */
export const objectRefused = (
  { partition, logger, observer }: Alarms,
  operation: string,
  reason: string,
): AnkaError => {
  logger.error({ alarm: 'object-refused', partition, operation, reason }, 'an object does not match its record');
  observer?.refused?.('object', 'forged');
  return new AnkaError(
    'record-forged',
    'The HSM’s object is not the one that the record describes. Nothing was done with it. Restore the row from a backup of the database, and find out who else can write to it.',
  );
};
