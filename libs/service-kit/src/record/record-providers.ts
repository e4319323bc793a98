import type { Service } from '@ankasecure/contracts';
import type { Provider } from '@nestjs/common';
import { RecordOwner } from './record-authority.js';
import { RecordRejections } from './record-rejections.js';
import { RecordSeals } from './record-seals.js';

/** Puts the seals of a service's records to work on its data source. The module also provides the `RecordAuthority`. */
export const recordProviders = (service: Service): Provider[] => [
  { provide: RecordOwner, useValue: new RecordOwner(service) },
  RecordRejections,
  RecordSeals,
];
