import type { Schema } from '@ankasecure/service-kit';
import { KekRotation } from './kek/kek-rotation.entity.js';
import * as migrations from './migrations/index.js';
import { PlatformKey } from './platform-key/platform-key.entity.js';
import { TenantPolicy } from './policy/tenant-policy.entity.js';

export const schema: Schema = {
  entities: [TenantPolicy, PlatformKey, KekRotation],
  migrations: Object.values(migrations),
};
