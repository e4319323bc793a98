import { duration } from '@ankasecure/contracts';
import { z } from 'zod';

/** The time for which backups of the database are kept, if the configuration does not say otherwise. */
export const defaultHorizon = 'P35D';

export const backupConfig = z.strictObject({
  /** The time for which backups of the database are kept, in ISO 8601. Replaced KEKs are kept as long. */
  horizon: duration.default(defaultHorizon),
});

/** The section, and the token it is injected by. */
export interface BackupConfig extends z.infer<typeof backupConfig> {}
export abstract class BackupConfig {}
