import { createHash } from 'node:crypto';
import { monotonicNow, partitionForm, tried } from '@ankasecure/contracts';
import { Logger, StartFailure } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Custody } from '../custody/custody.js';
import { Partition } from '../custody/partition.js';

const budgetMs = 30_000;

/** The label of the marks that say which partition a token serves. A mark is used for nothing. */
export const tokenMark = 'ankasecure:partition:of-this-token';

const idBytes = 16;

/** The CKA_ID of a partition's mark: its name, filled up with zeros, or the start of the SHA-256 of a longer one. */
export const markOf = (name: string): Buffer =>
  name.length > idBytes
    ? createHash('sha256').update(name).digest().subarray(0, idBytes)
    : Buffer.from(name.padEnd(idBytes, '\0'), 'ascii');

const nameIn = (mark: Buffer): string => {
  const name = mark.toString('latin1').replace(/\0+$/, '');
  return partitionForm.test(name) ? JSON.stringify(name) : `with the mark ${mark.toString('hex')}`;
};

/**
 * Keeps two partitions from one token by mistake: whoever has the token's PIN can use all keys in it, so partitions that share one
 * are not kept apart. Workers of different partitions need not know of each other; the token knows.
 */
@Injectable()
export class TokenPartition {
  constructor(
    private readonly custody: Custody,
    private readonly partition: Partition,
    private readonly log: Logger,
  ) {}

  /**
   * Marks the token as the partition's. Of two partitions that do so at once, neither gets it.
   * @throws StartFailure if it is another's, unless the configuration says that they share it; AnkaError `hsm-unavailable`, `hsm-timeout`
   */
  async claim(): Promise<void> {
    if (await this.isMarked()) return;
    const key = { kind: 'record-mac', label: tokenMark, objectId: markOf(this.partition.name) } as const;
    const { error } = await tried(() => this.custody.generatePlatformKey(this.budget(), key));
    // Another worker of the partition may have made it first: no two objects have one CKA_ID.
    if (!(await this.isMarked()) && error !== undefined) throw error;
  }

  /** Whether the token has the partition's mark. @throws StartFailure if it has another's and may not */
  private async isMarked(): Promise<boolean> {
    const marked = await this.marked();
    this.refuse(marked);
    return marked.some((mark) => mark.equals(markOf(this.partition.name)));
  }

  private async marked(): Promise<readonly Buffer[]> {
    const marks = await this.custody.findByLabel(this.budget(), 'record-mac', tokenMark);
    return marks.map(({ objectId }) => Buffer.from(objectId));
  }

  private refuse(marked: readonly Buffer[]): void {
    const { name, hsm } = this.partition;
    const others = marked.filter((mark) => !mark.equals(markOf(name)));
    if (others.length === 0) return;
    const { label, serial } = this.custody.token;
    const names = [...new Set(others.map(nameIn))].toSorted().join(', ');
    if (hsm.sharedToken !== true) throw new StartFailure('hsm', refusal(`${label} (serial ${serial})`, name, names));
    this.log.warn({ partition: name, others: names }, 'the token also serves other partitions, as it is configured');
  }

  private budget() {
    return { deadline: monotonicNow() + budgetMs };
  }
}

const refusal = (token: string, name: string, others: string): string =>
  `the token ${token} is that of partition ${others}, and this worker serves partition ${JSON.stringify(name)}: correct token-label and token-serial, or set shared-token: true for each of the partitions if they are to share it. If a mark is wrong, delete it in the token: label ${tokenMark}, CKA_ID the partition’s name`;
