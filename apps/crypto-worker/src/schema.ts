import type { Schema } from '@ankasecure/service-kit';
import { GrantRecord } from './access/key-grant.entity.js';
import { KeyRecord } from './key/key.entity.js';
import { AliasRecord } from './key/key-alias.entity.js';
import { KeyUsageRecord } from './key/key-usage.entity.js';
import { VersionRecord } from './key/key-version.entity.js';
import { PlatformKeyRecord } from './key/platform-key.entity.js';
import { RotationPolicyRecord } from './key/rotation-policy.entity.js';
import * as migrations from './migrations/index.js';
import { IntentRecord } from './object/intent.entity.js';

export const schema: Schema = {
  entities: [
    KeyRecord,
    VersionRecord,
    RotationPolicyRecord,
    AliasRecord,
    GrantRecord,
    KeyUsageRecord,
    PlatformKeyRecord,
    IntentRecord,
  ],
  migrations: Object.values(migrations),
};
