import { listAliases } from './command/alias/list.js';
import { removeAlias } from './command/alias/remove.js';
import { setAlias } from './command/alias/set.js';
import { api } from './command/api.js';
import { approve, reject, showApproval, withdraw } from './command/approval/decide.js';
import { listApprovals } from './command/approval/list.js';
import { listEvents } from './command/audit/events.js';
import { verifyTrail } from './command/audit/verify.js';
import { connectorSwitches, createConnector, editConnector, removeConnector } from './command/connector/change.js';
import { listConnectors, showConnector } from './command/connector/list.js';
import { replayConnector } from './command/connector/replay.js';
import { resumeConnector, testConnector } from './command/connector/trial.js';
import { decrypt } from './command/decrypt.js';
import { encrypt } from './command/encrypt.js';
import { algorithms, capabilities, selftest } from './command/hsm/hsm.js';
import { removeCertificate, setCertificate, showCertificate } from './command/key/certificate.js';
import { createKey } from './command/key/create.js';
import { makeCsr } from './command/key/csr.js';
import { destroyKey } from './command/key/destroy.js';
import { listKeys } from './command/key/list.js';
import { showPublicKey } from './command/key/public-key.js';
import { rotateKey } from './command/key/rotate.js';
import { showKey } from './command/key/show.js';
import { keyTransitions } from './command/key/transition.js';
import { listVersions } from './command/key/versions.js';
import { login } from './command/login.js';
import { logout } from './command/logout.js';
import { policyImpact } from './command/policy/impact.js';
import { setPolicy } from './command/policy/set.js';
import { showPolicy } from './command/policy/show.js';
import { listTemplates } from './command/policy/templates.js';
import { listProfiles } from './command/profile/list.js';
import { useProfile } from './command/profile/use.js';
import { createServiceAccount } from './command/service-account/create.js';
import { listServiceAccounts } from './command/service-account/list.js';
import { removeServiceAccount } from './command/service-account/remove.js';
import { sign } from './command/sign.js';
import { createTenant } from './command/tenant/create.js';
import { listTenants } from './command/tenant/list.js';
import { tenantTransitions } from './command/tenant/transition.js';
import { verify } from './command/verify.js';
import type { CommandRow, GroupRow } from './context/command-row.js';

/** The commands that stand alone. */
export const commands: readonly CommandRow[] = [login, logout, encrypt, decrypt, sign, verify, api];

/** The commands about one kind of thing. */
export const groups: readonly GroupRow[] = [
  {
    name: 'key',
    summary: 'Create keys and lead them through their life',
    commands: [
      createKey,
      listKeys,
      showKey,
      rotateKey,
      listVersions,
      showPublicKey,
      makeCsr,
      showCertificate,
      setCertificate,
      removeCertificate,
      ...keyTransitions,
      destroyKey,
    ],
  },
  { name: 'alias', summary: 'Name keys', commands: [listAliases, setAlias, removeAlias] },
  {
    name: 'policy',
    summary: 'Read and change the tenant’s policy',
    commands: [showPolicy, setPolicy, policyImpact, listTemplates],
  },
  {
    name: 'approval',
    summary: 'Decide as the second person',
    commands: [listApprovals, showApproval, approve, reject, withdraw],
  },
  { name: 'audit', summary: 'Read and verify the audit trail', commands: [listEvents, verifyTrail] },
  {
    name: 'connector',
    summary: 'Deliver the audit trail to a SIEM',
    commands: [
      createConnector,
      listConnectors,
      showConnector,
      editConnector,
      testConnector,
      resumeConnector,
      replayConnector,
      ...connectorSwitches,
      removeConnector,
    ],
  },
  {
    name: 'service-account',
    summary: 'Let applications in',
    commands: [createServiceAccount, listServiceAccounts, removeServiceAccount],
  },
  { name: 'tenant', summary: 'Manage tenants', commands: [listTenants, createTenant, ...tenantTransitions] },
  { name: 'hsm', summary: 'Look at the HSM', commands: [algorithms, capabilities, selftest] },
  { name: 'profile', summary: 'Choose among platforms and principals', commands: [listProfiles, useProfile] },
];
