import type { Schema } from '@ankasecure/service-kit';
import { Initial1763900000000 } from './migrations/1763900000000-initial.js';
import { Identity1764200000000 } from './migrations/1764200000000-identity.js';
import { Issuer1764300000000 } from './migrations/1764300000000-issuer.js';
import { SubjectSpace1764500000000 } from './migrations/1764500000000-subject-space.js';
import { Approval1764510000000 } from './migrations/1764510000000-approval.js';
import { ClientCertificate1764600000000 } from './migrations/1764600000000-client-certificate.js';
import { ReadingEpoch1764610000000 } from './migrations/1764610000000-reading-epoch.js';

export const schema: Schema = {
  entities: [],
  migrations: [
    Initial1763900000000,
    Identity1764200000000,
    Issuer1764300000000,
    SubjectSpace1764500000000,
    Approval1764510000000,
    ClientCertificate1764600000000,
    ReadingEpoch1764610000000,
  ],
};
