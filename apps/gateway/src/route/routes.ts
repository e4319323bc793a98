import { auditRoutes } from '../audit/audit.routes.js';
import { cryptoRoutes } from '../crypto/crypto.routes.js';
import { importRoutes } from '../key/import.routes.js';
import { keyRoutes } from '../key/key.routes.js';
import { lifecycleRoutes } from '../key/lifecycle.routes.js';
import { policyRoutes } from '../policy/policy.routes.js';
import { kekRoutes } from '../tenant/kek.routes.js';
import { tenantRoutes } from '../tenant/tenant.routes.js';
import type { Route } from './route.js';

/** The whole API. */
export const routes: readonly Route[] = [
  ...keyRoutes,
  ...importRoutes,
  ...lifecycleRoutes,
  ...cryptoRoutes,
  ...policyRoutes,
  ...auditRoutes,
  ...tenantRoutes,
  ...kekRoutes,
];
