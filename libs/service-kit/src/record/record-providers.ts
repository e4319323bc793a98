import type { Service } from '@ankasecure/contracts';
import type { Provider } from '@nestjs/common';
import { HistoryWatch } from './history-watch.js';
import { RecordOwner } from './record-authority.js';
import { RecordHistory } from './record-history.js';
import { RecordRejections } from './record-rejections.js';
import { RecordSeals } from './record-seals.js';

/**
 * Puts the seals and the history of a service's records to work on its data source. The module also provides the
 * `RecordAuthority` and the `WatchedDatabase`.
 */
export const recordProviders = (service: Service): Provider[] => [
  { provide: RecordOwner, useValue: new RecordOwner(service) },
  RecordHistory,
  RecordRejections,
  RecordSeals,
  HistoryWatch,
];
