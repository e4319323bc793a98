// Generated from the OpenAPI document by `npm run generate`. Do not edit: a test compares it.

/** One operation of the API, as the client calls it. */
export interface OperationRow {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`. */
  readonly path: string;
  /** What a second run does, if the first one was carried out. */
  readonly repetition: 'harmless' | 'keyed' | 'once';
  /** Whether it takes an Idempotency-Key. */
  readonly keyed: boolean;
  readonly dryRun: boolean;
  /** Whether it needs no token. */
  readonly public: boolean;
  readonly summary: string;
}

export const operationTable = {
  listKeys: {"method":"GET","path":"/keys","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List keys"},
  createKey: {"method":"POST","path":"/keys","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Create a key"},
  getKey: {"method":"GET","path":"/keys/{id}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a key"},
  editKey: {"method":"PATCH","path":"/keys/{id}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Update a key’s label, description or metadata"},
  deleteKey: {"method":"DELETE","path":"/keys/{id}","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Schedule the destruction of all versions of a key"},
  listAlgorithms: {"method":"GET","path":"/algorithms","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List the algorithms a tenant can use"},
  getGrants: {"method":"GET","path":"/keys/{id}/grants","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read the grants of a key"},
  putGrants: {"method":"PUT","path":"/keys/{id}/grants","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Replace the grants of a key"},
  deleteGrants: {"method":"DELETE","path":"/keys/{id}/grants","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Delete grants of a key"},
  listAliases: {"method":"GET","path":"/aliases","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List aliases"},
  getAlias: {"method":"GET","path":"/aliases/{name}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read an alias"},
  putAlias: {"method":"PUT","path":"/aliases/{name}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Create an alias or point it at another key"},
  deleteAlias: {"method":"DELETE","path":"/aliases/{name}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Delete an alias"},
  getWrappingKey: {"method":"GET","path":"/wrapping-key","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read the public key that wraps keys for import"},
  importKey: {"method":"POST","path":"/keys/import","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Import a key"},
  activateKey: {"method":"POST","path":"/keys/{id}/activate","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Activate a version"},
  suspendKey: {"method":"POST","path":"/keys/{id}/suspend","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Suspend a version"},
  resumeKey: {"method":"POST","path":"/keys/{id}/resume","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Resume a suspended version"},
  deactivateKey: {"method":"POST","path":"/keys/{id}/deactivate","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Deactivate a version"},
  revokeKey: {"method":"POST","path":"/keys/{id}/revoke","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Revoke a version"},
  compromiseKey: {"method":"POST","path":"/keys/{id}/compromise","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Mark a version as compromised"},
  scheduleDestruction: {"method":"POST","path":"/keys/{id}/schedule-destroy","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Schedule the destruction of one or all versions"},
  cancelDestruction: {"method":"POST","path":"/keys/{id}/cancel-destroy","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Cancel a destruction"},
  rotateKey: {"method":"POST","path":"/keys/{id}/rotate","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Rotate a key"},
  listKeyVersions: {"method":"GET","path":"/keys/{id}/versions","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List the versions of a key"},
  getKeyVersion: {"method":"GET","path":"/keys/{id}/versions/{version}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a version of a key"},
  getKeyUsage: {"method":"GET","path":"/keys/{id}/usage","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read the usage of a key"},
  getRotationPolicy: {"method":"GET","path":"/keys/{id}/rotation-policy","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read the rotation policy of a key"},
  putRotationPolicy: {"method":"PUT","path":"/keys/{id}/rotation-policy","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Set the rotation policy of a key"},
  deleteRotationPolicy: {"method":"DELETE","path":"/keys/{id}/rotation-policy","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Delete the rotation policy of a key"},
  getPublicKey: {"method":"GET","path":"/keys/{id}/public-key","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a public key"},
  encrypt: {"method":"POST","path":"/encrypt","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Encrypt to a compact JWE"},
  decrypt: {"method":"POST","path":"/decrypt","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Decrypt a compact JWE"},
  sign: {"method":"POST","path":"/sign","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Sign a payload or a digest"},
  verify: {"method":"POST","path":"/verify","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Verify a JWS or a raw signature"},
  encapsulate: {"method":"POST","path":"/encapsulate","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Encapsulate a shared secret (raw ML-KEM)"},
  decapsulate: {"method":"POST","path":"/decapsulate","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Decapsulate a shared secret (raw ML-KEM)"},
  getPolicy: {"method":"GET","path":"/policy","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read the policy in force"},
  putPolicy: {"method":"PUT","path":"/policy","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Replace the policy"},
  evaluatePolicy: {"method":"POST","path":"/policy/evaluate","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Evaluate the policy for a use of a key"},
  evaluatePolicyChange: {"method":"POST","path":"/policy/evaluate-change","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Evaluate a proposed policy"},
  listPolicyVersions: {"method":"GET","path":"/policy/versions","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List policy versions"},
  getPolicyVersion: {"method":"GET","path":"/policy/versions/{version}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a policy version"},
  diffPolicyVersions: {"method":"GET","path":"/policy/versions/{from}/diff/{to}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Compare two policy versions"},
  rollbackPolicy: {"method":"POST","path":"/policy/rollback","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Roll back to an earlier policy version"},
  listPolicyTemplates: {"method":"GET","path":"/policy/templates","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List policy templates"},
  getPolicyTemplate: {"method":"GET","path":"/policy/templates/{template}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a policy template"},
  listApprovals: {"method":"GET","path":"/approvals","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List requests for approval"},
  getApproval: {"method":"GET","path":"/approvals/{id}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a request for approval"},
  withdrawRequest: {"method":"DELETE","path":"/approvals/{id}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Withdraw a request for approval"},
  approveRequest: {"method":"POST","path":"/approvals/{id}/approve","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Approve a request"},
  rejectRequest: {"method":"POST","path":"/approvals/{id}/reject","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Reject a request"},
  listServiceAccounts: {"method":"GET","path":"/service-accounts","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List service accounts"},
  createServiceAccount: {"method":"POST","path":"/service-accounts","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Create a service account"},
  getServiceAccount: {"method":"GET","path":"/service-accounts/{id}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a service account"},
  putServiceAccount: {"method":"PUT","path":"/service-accounts/{id}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Replace the settings, keys and certificates of a service account"},
  deleteServiceAccount: {"method":"DELETE","path":"/service-accounts/{id}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Delete a service account"},
  listIssuers: {"method":"GET","path":"/issuers","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List issuers"},
  createIssuer: {"method":"POST","path":"/issuers","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Create an issuer"},
  getIssuer: {"method":"GET","path":"/issuers/{id}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read an issuer"},
  putIssuer: {"method":"PUT","path":"/issuers/{id}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Replace an issuer"},
  deleteIssuer: {"method":"DELETE","path":"/issuers/{id}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Delete an issuer"},
  listExclusions: {"method":"GET","path":"/exclusions","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List the subjects that are shut out"},
  createExclusion: {"method":"POST","path":"/exclusions","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Shut out a subject of an issuer"},
  getExclusion: {"method":"GET","path":"/exclusions/{id}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read an exclusion"},
  deleteExclusion: {"method":"DELETE","path":"/exclusions/{id}","repetition":"harmless","keyed":false,"dryRun":true,"public":false,"summary":"Readmit a subject"},
  queryEvents: {"method":"GET","path":"/audit/events","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Query sealed audit events"},
  verifyTrail: {"method":"POST","path":"/audit/verify","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Verify the audit trail"},
  acceptTrails: {"method":"POST","path":"/audit/trails/accept","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Accept restored audit trails"},
  listTenants: {"method":"GET","path":"/tenants","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"List tenants"},
  createTenant: {"method":"POST","path":"/tenants","repetition":"keyed","keyed":true,"dryRun":true,"public":false,"summary":"Create a tenant"},
  getTenant: {"method":"GET","path":"/tenants/{tenant}","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read a tenant"},
  disableTenant: {"method":"POST","path":"/tenants/{tenant}/disable","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Disable a tenant"},
  enableTenant: {"method":"POST","path":"/tenants/{tenant}/enable","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Enable a disabled tenant"},
  rotateKek: {"method":"POST","path":"/tenants/{tenant}/kek/rotate","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Rotate a tenant’s key-encryption key"},
  getKek: {"method":"GET","path":"/tenants/{tenant}/kek","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Read the state of a tenant’s key-encryption key"},
  restoreTenant: {"method":"POST","path":"/tenants/{tenant}/restore","repetition":"once","keyed":false,"dryRun":true,"public":false,"summary":"Apply the audit trail to restored databases"},
  surveyHsm: {"method":"GET","path":"/hsms/{partition}/capabilities","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Look at an HSM"},
  testHsm: {"method":"POST","path":"/hsms/{partition}/selftest","repetition":"harmless","keyed":false,"dryRun":false,"public":false,"summary":"Test an HSM"},
  getKeySet: {"method":"GET","path":"/tenants/{slug}/.well-known/jwks.json","repetition":"harmless","keyed":false,"dryRun":false,"public":true,"summary":"Read a tenant’s public signing keys"},
} as const satisfies Record<string, OperationRow>;
