import type { Service } from '@ankasecure/contracts';
import { Injectable, type Provider, type Type } from '@nestjs/common';
import { HistoryConfig } from '../config/section.js';
import { AdoptRemotely } from './adopt-remotely.js';
import { AnnouncedChanges } from './announced-changes.js';
import { BehindHealth } from './behind-health.js';
import { CommittedChanges } from './committed-changes.js';
import { HistoryWatch } from './history-watch.js';
import { OpenOutbox } from './open-outbox.js';
import { PlaceRecords } from './place-records.js';
import { RecordAuthority, RecordOwner } from './record-authority.js';
import { RecordHistory } from './record-history.js';
import { RecordRejections } from './record-rejections.js';
import { RecordSeals } from './record-seals.js';
import { RemoteRecords, SealContracts } from './remote-records.js';

/** The owner of a service's records, as its configuration has it. */
const ownerOf = (service: Service): Type<RecordOwner> => {
  @Injectable()
  class ConfiguredOwner extends RecordOwner {
    constructor(config: HistoryConfig) {
      super(service, config);
    }
  }
  return ConfiguredOwner;
};

/**
 * Puts the seals and the history of a service's records to work on its data source. The module also provides the
 * `RecordAuthority` and the `WatchedDatabase`.
 */
export const recordProviders = (service: Service): Provider[] => [
  { provide: RecordOwner, useClass: ownerOf(service) },
  RecordHistory,
  RecordRejections,
  RecordSeals,
  AnnouncedChanges,
  CommittedChanges,
  HistoryWatch,
  BehindHealth,
  OpenOutbox,
];

/** The same for a service without a token. The module also provides its `RecordPartitions`. */
export const remoteRecordProviders = (service: Service, contracts: SealContracts): Provider[] => [
  ...recordProviders(service),
  { provide: SealContracts, useValue: contracts },
  RemoteRecords,
  { provide: RecordAuthority, useExisting: RemoteRecords },
  AdoptRemotely,
  PlaceRecords,
];
