import { randomBytes } from 'node:crypto';
import type { Service } from '@ankasecure/contracts';
import { monotonicNow } from '@ankasecure/contracts';
import { Injectable } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';
import { RecordKey } from './record-key.js';

const budgetMs = 30_000;

/**
 * Remembers in the token which services have sealed the records of an older release. The mark is an object with a label and
 * is used for nothing. Whoever owns the databases cannot remove it, so unsealed records are accepted once and never again.
 */
@Injectable()
export class Adoption {
  private readonly ended = new Set<Service>();

  constructor(
    private readonly custody: Custody,
    private readonly partition: Partition,
    private readonly key: RecordKey,
  ) {}

  /** Tells whether records of the service that stand without a seal may still be sealed. */
  async isOpen(service: Service): Promise<boolean> {
    await this.key.id();
    if (this.ended.has(service)) return false;
    const marks = await this.custody.findByLabel(this.budget(), 'record-mac', this.markOf(service));
    if (marks.length > 0) this.ended.add(service);
    return marks.length === 0;
  }

  /** Ends it for good. Two workers that do so at once leave two marks, which say the same. */
  async end(service: Service): Promise<void> {
    if (!(await this.isOpen(service))) return;
    const mark = { kind: 'record-mac', label: this.markOf(service), objectId: randomBytes(16) } as const;
    await this.custody.generatePlatformKey(this.budget(), mark);
    this.ended.add(service);
  }

  private markOf(service: Service): string {
    return `ankasecure:records-adopted:${this.partition.name}:${service}`;
  }

  private budget() {
    return { deadline: monotonicNow() + budgetMs };
  }
}
