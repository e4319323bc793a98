import { approvalRoutes } from '../approval/approval.routes.js';
import { auditRoutes } from '../audit/audit.routes.js';
import { checkpointRoutes } from '../audit/checkpoint.routes.js';
import { connectorRoutes } from '../audit/connector.routes.js';
import { cryptoRoutes } from '../crypto/crypto.routes.js';
import { exclusionRoutes } from '../exclusion/exclusion.routes.js';
import { hsmRoutes } from '../hsm/hsm.routes.js';
import { issuerRoutes } from '../issuer/issuer.routes.js';
import { aliasRoutes } from '../key/alias.routes.js';
import { certificateRoutes } from '../key/certificate.routes.js';
import { grantRoutes } from '../key/grant.routes.js';
import { importRoutes } from '../key/import.routes.js';
import { keyRoutes } from '../key/key.routes.js';
import { keyDetailRoutes } from '../key/key-detail.routes.js';
import { rotationPolicyRoutes } from '../key/rotation-policy.routes.js';
import { transitionRoutes } from '../key/transition.routes.js';
import { versionRoutes } from '../key/version.routes.js';
import { keySetRoute } from '../key-set/key-set.routes.js';
import { historyRoutes } from '../policy/history.routes.js';
import { policyRoutes } from '../policy/policy.routes.js';
import { restoreRoutes } from '../restore/restore.routes.js';
import type { Route } from '../route/route.js';
import { serviceAccountRoutes } from '../service-account/service-account.routes.js';
import { kekRoutes } from '../tenant/kek.routes.js';
import { tenantRoutes } from '../tenant/tenant.routes.js';

/** The whole API. */
export const routes: readonly Route[] = [
  ...keyRoutes,
  ...grantRoutes,
  ...aliasRoutes,
  ...importRoutes,
  ...transitionRoutes,
  ...versionRoutes,
  ...rotationPolicyRoutes,
  ...keyDetailRoutes,
  ...certificateRoutes,
  ...cryptoRoutes,
  ...policyRoutes,
  ...historyRoutes,
  ...approvalRoutes,
  ...serviceAccountRoutes,
  ...issuerRoutes,
  ...exclusionRoutes,
  ...auditRoutes,
  ...connectorRoutes,
  ...checkpointRoutes,
  ...tenantRoutes,
  ...kekRoutes,
  ...restoreRoutes,
  ...hsmRoutes,
  keySetRoute,
];
