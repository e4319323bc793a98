import { RecordPosition, type Schema } from '@ankasecure/service-kit';
import { ClientAssertion, TokenKeyRecord } from './access-token/access-token.entity.js';
import { ApprovalRecord } from './approval/approval.entity.js';
import { IdempotencyRecord } from './idempotency/idempotency.entity.js';
import { ExcludedSubject } from './identity/excluded-subject.entity.js';
import { GatewayInstance, IdentityEpochRecord } from './identity/identity-epoch.entity.js';
import { IssuerRecord } from './issuer/issuer.entity.js';
import { Initial1763900000000 } from './migrations/1763900000000-initial.js';
import { Identity1764200000000 } from './migrations/1764200000000-identity.js';
import { Issuer1764300000000 } from './migrations/1764300000000-issuer.js';
import { SubjectSpace1764500000000 } from './migrations/1764500000000-subject-space.js';
import { Approval1764510000000 } from './migrations/1764510000000-approval.js';
import { ClientCertificate1764600000000 } from './migrations/1764600000000-client-certificate.js';
import { ReadingEpoch1764610000000 } from './migrations/1764610000000-reading-epoch.js';
import { RecordPosition1770300000000 } from './migrations/1770300000000-record-position.js';
import { OutboxAddress1770400000000 } from './migrations/1770400000000-outbox-address.js';
import { Heartbeat1770600000000 } from './migrations/1770600000000-heartbeat.js';
import { Decider1770700000000 } from './migrations/1770700000000-decider.js';
import { RollingCredential1770700100000 } from './migrations/1770700100000-rolling-credential.js';
import { Exclusion1770700200000 } from './migrations/1770700200000-exclusion.js';
import { RecordSeal1770800000000 } from './migrations/1770800000000-record-seal.js';
import { RecordRevision1772100000000 } from './migrations/1772100000000-record-revision.js';
import { IdempotencyCaller1772400000000 } from './migrations/1772400000000-idempotency-caller.js';
import { OutboxProof1775100000000 } from './migrations/1775100000000-outbox-proof.js';
import { TenantClaim1779110000000 } from './migrations/1779110000000-tenant-claim.js';
import { AnswerMac1779300000000 } from './migrations/1779300000000-answer-mac.js';
import { ServiceAccountRecord } from './service-account/service-account.entity.js';
import { TenantPartition } from './tenant/tenant-partition.entity.js';

export const schema: Schema = {
  entities: [
    ApprovalRecord,
    ClientAssertion,
    ExcludedSubject,
    GatewayInstance,
    IdempotencyRecord,
    IdentityEpochRecord,
    IssuerRecord,
    RecordPosition,
    ServiceAccountRecord,
    TenantPartition,
    TokenKeyRecord,
  ],
  migrations: [
    Initial1763900000000,
    Identity1764200000000,
    Issuer1764300000000,
    SubjectSpace1764500000000,
    Approval1764510000000,
    ClientCertificate1764600000000,
    ReadingEpoch1764610000000,
    RecordPosition1770300000000,
    Heartbeat1770600000000,
    OutboxAddress1770400000000,
    Decider1770700000000,
    RollingCredential1770700100000,
    Exclusion1770700200000,
    RecordSeal1770800000000,
    RecordRevision1772100000000,
    IdempotencyCaller1772400000000,
    OutboxProof1775100000000,
    TenantClaim1779110000000,
    AnswerMac1779300000000,
  ],
};
