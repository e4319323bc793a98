import { cursorSecret, serviceConfig } from '@ankasecure/service-kit';
import { z } from 'zod';
import { macConfig } from './mac/mac.config.js';

export const auditConfig = z.strictObject({ ...serviceConfig.shape, cursorSecret, ...macConfig.shape });
export type AuditConfig = z.infer<typeof auditConfig>;
