import { Injectable } from '@nestjs/common';
import {
  DataSource,
  type EntitySubscriberInterface,
  type TransactionCommitEvent,
  type TransactionRollbackEvent,
} from 'typeorm';
import { takeWritten } from '../database/noted-changes.js';
import { AnnouncedChanges } from './announced-changes.js';
import { RecordHistory } from './record-history.js';

/**
 * Tells the history, and the other processes of the service, what this process has committed. It counts from then on, whatever the
 * database shows before the trail hears of it.
 */
@Injectable()
export class CommittedChanges implements EntitySubscriberInterface {
  constructor(
    private readonly history: RecordHistory,
    private readonly announced: AnnouncedChanges,
    dataSource: DataSource,
  ) {
    dataSource.subscribers.push(this);
  }

  afterTransactionCommit({ queryRunner }: TransactionCommitEvent): void {
    // The end of a part of a transaction commits nothing.
    if (queryRunner.isTransactionActive) return;
    const changes = takeWritten(queryRunner);
    this.history.committed(changes);
    this.announced.announce(changes);
  }

  afterTransactionRollback({ queryRunner }: TransactionRollbackEvent): void {
    if (!queryRunner.isTransactionActive) takeWritten(queryRunner);
  }
}
