import { RecordPosition, type Schema } from '@ankasecure/service-kit';
import * as migrations from './migrations/index.js';
import { PolicyVersion } from './policy/policy-version.entity.js';
import { Tenant } from './tenant/tenant.entity.js';

export const schema: Schema = {
  entities: [Tenant, PolicyVersion, RecordPosition],
  migrations: Object.values(migrations),
};
