import { type Announcement, announcement, maxAnnounced, recordOwners } from '@ankasecure/contracts';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { NotedChange } from '../database/noted-changes.js';
import { Logger } from '../logging/logger.js';
import { BusClient } from '../nats/client.js';
import { parseJson, validate } from '../nats/frame.js';
import { HistoryWatch } from './history-watch.js';
import { RecordOwner } from './record-authority.js';
import { RecordHistory } from './record-history.js';

/**
 * Tells the other processes of the service what this one has committed, and hears it from them, so that each knows the change
 * within moments whatever the database shows. The bus lets only processes of the service announce, of workers those of the partition.
 * An announcement that is lost costs time: the comparison of each minute finds the change in the trail.
 */
@Injectable()
export class AnnouncedChanges implements OnModuleInit {
  private readonly process = crypto.randomUUID();

  constructor(
    private readonly owner: RecordOwner,
    private readonly bus: BusClient,
    private readonly history: RecordHistory,
    private readonly watch: HistoryWatch,
    private readonly log: Logger,
  ) {}

  onModuleInit(): void {
    this.bus.connection.announcements.hear(
      (data) => this.hear(data),
      () => this.watch.hurry(),
    );
  }

  /** Tells what was committed here. */
  announce(changes: readonly NotedChange[]): void {
    for (let start = 0; start < changes.length; start += maxAnnounced) {
      const some = changes.slice(start, start + maxAnnounced).map(({ tenantId, change }) => ({ tenantId, ...change }));
      this.bus.connection.announcements.tell(Buffer.from(JSON.stringify({ by: this.process, changes: some })));
    }
  }

  private hear(data: Uint8Array): void {
    let told: Announcement;
    try {
      told = validate(announcement, parseJson(Buffer.from(data)));
    } catch (error) {
      return this.log.warn({ reason: (error as Error).message }, 'an announcement of changes cannot be read');
    }
    if (told.by === this.process) return;
    const own = told.changes.filter(({ kind }) => recordOwners[kind] === this.owner.service);
    this.history.heard(own.map(({ tenantId, ...change }) => ({ tenantId, change })));
  }
}
