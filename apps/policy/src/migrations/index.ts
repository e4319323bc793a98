export { Initial1763900000000 } from './1763900000000-initial.js';
export { Restores1764000200000 } from './1764000200000-restores.js';
export { ChangedByIssuer1764500000000 } from './1764500000000-changed-by-issuer.js';
export { Approval1764510000000 } from './1764510000000-approval.js';
export { RecordPosition1770300000000 } from './1770300000000-record-position.js';
export { Heartbeat1770600000000 } from './1770600000000-heartbeat.js';
export { Requester1770700000000 } from './1770700000000-requester.js';
export { DisabledTenant1770700100000 } from './1770700100000-disabled-tenant.js';
