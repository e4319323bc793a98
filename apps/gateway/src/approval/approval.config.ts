import { integer } from '@ankasecure/service-kit';
import { z } from 'zod';

export const approvalConfig = z
  .strictObject({
    /** How long what one person asked for may be approved by another; at most 30 days. */
    expiryHours: integer(1, 720).default(24),
  })
  .default({ expiryHours: 24 });
