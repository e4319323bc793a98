import { RecordPosition, type Schema } from '@ankasecure/service-kit';
import { KeyGrantRecord } from './access/key-grant.entity.js';
import { RefusedPinRecord } from './custody/assembly/refused-pin.entity.js';
import { FormerKidRecord } from './key/record/former-kid.entity.js';
import { KekRotationRecord } from './key/record/kek-rotation.entity.js';
import { KeyRecord } from './key/record/key.entity.js';
import { KeyAliasRecord, PastAliasRecord } from './key/record/key-alias.entity.js';
import { KeyUsageRecord } from './key/record/key-usage.entity.js';
import { KeyVersionRecord } from './key/record/key-version.entity.js';
import { PlatformKeyRecord } from './key/record/platform-key.entity.js';
import { RotationPolicyRecord } from './key/record/rotation-policy.entity.js';
import { TenantHomeRecord } from './key/record/tenant-home.entity.js';
import { TenantPolicyRecord } from './key/record/tenant-policy.entity.js';
import * as migrations from './migrations/index.js';
import { IntentRecord } from './object/intent.entity.js';
import { GcmReservationRecord } from './operation/budget/gcm-reservation.entity.js';
import { UseReservationRecord } from './operation/budget/use-reservation.entity.js';

/** Everything in `ankadb_keys`. */
export const schema: Schema = {
  entities: [
    KeyRecord,
    KeyVersionRecord,
    KeyUsageRecord,
    KeyAliasRecord,
    PastAliasRecord,
    FormerKidRecord,
    KeyGrantRecord,
    RotationPolicyRecord,
    PlatformKeyRecord,
    KekRotationRecord,
    TenantPolicyRecord,
    TenantHomeRecord,
    IntentRecord,
    GcmReservationRecord,
    UseReservationRecord,
    RefusedPinRecord,
    RecordPosition,
  ],
  migrations: Object.values(migrations),
};
