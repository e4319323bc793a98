import { z } from 'zod';
import type { Service } from './bus.js';
import { workersOf } from './member.js';
import { uuid } from './primitive.js';
import { recordName } from './record-change.js';
import { isReporter } from './reporter.js';

/** The most changes of one announcement. */
export const maxAnnounced = 500;

/**
 * Changes of records that a process has committed. It goes to every process of the same service, and of the same partition, and
 * nobody answers: what is lost is found by the comparison of each minute.
 */
export const announcement = z.strictObject({
  /** Names the process. */
  by: uuid,
  changes: z
    .array(
      z.strictObject({
        tenantId: uuid,
        ...recordName.shape,
        revision: z.number().int().positive(),
        /** As in `RecordChange`. */
        digest: z
          .string()
          .regex(/^[A-Za-z0-9_-]{43}$/)
          .nullable(),
        state: z.string().max(100).optional(),
      }),
    )
    .min(1)
    .max(maxAnnounced),
});
export type Announcement = z.infer<typeof announcement>;

/**
 * The subject of a service's announcements; undefined if it makes none. Only its own processes may publish it or subscribe to it,
 * of the workers only those of the partition.
 * @param partition of the workers
 */
export const announcedSubject = (service: Service, partition: string): string | undefined =>
  isReporter(service) ? `changed.${service === 'crypto-worker' ? workersOf(partition) : service}` : undefined;
