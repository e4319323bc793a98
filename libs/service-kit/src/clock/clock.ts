import { AnkaError, monotonicNow } from '@ankasecure/contracts';
import type { EntityManager } from 'typeorm';
import type { ClockConfig } from '../config/section.js';
import { databaseDisagreement, peerDisagreement } from './agreement.js';
import { databaseTime } from './database-time.sql.js';
import { PeerClocks } from './peer-clocks.js';
import { type Reading, RemoteClock } from './remote-clock.js';

/**
 * The time by which this process decides: its database's, as known without asking. What is irreversible or fenced is decided
 * again by the database itself, inside the transaction. A process whose own clock differs by more than the bound decides
 * nothing: one of the two is wrong, and it is not known which.
 */
export class Clock {
  private readonly database = new RemoteClock();
  /** Decisions that were refused because the clocks disagree. */
  refusals = 0;
  private ofPeers: string | undefined;
  private ofTransaction: string | undefined;

  constructor(
    private readonly config: ClockConfig,
    readonly peers = new PeerClocks(),
  ) {
    peers.isSound = () => this.isSound();
  }

  /**
   * The time, in milliseconds since the epoch. It is never ahead of the database's by more than the drift between two
   * readings. Before the first reading it is this process's own.
   */
  now(): number {
    return this.database.now() ?? Date.now();
  }

  /** The most that two clocks may differ, in milliseconds. */
  get maximumSkewMs(): number {
    return this.config.maximumSkewMs;
  }

  /** How far this process's clock is ahead of the database's, in milliseconds. */
  aheadMs(): number {
    return this.database.aheadMs();
  }

  learn(reading: Reading): void {
    this.database.learn(reading);
  }

  /** Says with which clock this process disagrees; undefined if with none. Every request asks, so peers are judged in advance. */
  disagreement(): string | undefined {
    return this.ofDatabase() ?? this.ofPeers;
  }

  /** Compares this process's clock with those of its peers. */
  judgePeers(): void {
    this.ofPeers = peerDisagreement(this.peers.skews(), this.config.maximumSkewMs);
  }

  /** Whether this process's clock agrees with its database's. */
  isSound(): boolean {
    return this.ofDatabase() === undefined;
  }

  /** Refuses to decide while this process disagrees with its database. @throws AnkaError `clock-skew` */
  assertAgrees(): void {
    this.assertNo(this.ofDatabase());
  }

  /** Refuses to do what cannot be undone while this process disagrees with any other clock. @throws AnkaError `clock-skew` */
  assertAllAgree(): void {
    this.assertNo(this.disagreement());
  }

  /** As `assertAllAgree`, by what peers have told by now. @throws AnkaError `clock-skew` */
  assertAllAgreeNow(): void {
    this.judgePeers();
    this.assertAllAgree();
  }

  /** Refuses to decide by the time of a transaction that differs from this process's clock. @throws AnkaError `clock-skew` */
  assertTransaction(reading: Reading): void {
    const transaction = new RemoteClock();
    transaction.learn(reading);
    const found = databaseDisagreement(transaction.aheadMs(), this.config.maximumSkewMs);
    this.ofTransaction ??= found;
    this.assertNo(found);
  }

  /** Says how far a transaction's time differed that was refused since the last call; undefined if none was. */
  takeTransactionDisagreement(): string | undefined {
    const found = this.ofTransaction;
    this.ofTransaction = undefined;
    return found;
  }

  private ofDatabase(): string | undefined {
    return databaseDisagreement(this.aheadMs(), this.config.maximumSkewMs);
  }

  private assertNo(found: string | undefined): void {
    if (found === undefined) return;
    this.refusals++;
    throw new AnkaError(
      'clock-skew',
      `The clock of a server is ${found}, so nothing is decided by it. Try again, and have the clocks checked.`,
    );
  }

  /**
   * The database's time now, read in the caller's transaction. Call it once the locks are held.
   * @returns milliseconds since the epoch
   * @throws AnkaError `clock-skew`
   */
  async within(manager: EntityManager): Promise<number> {
    const reading = await this.read(manager);
    // Another reading may have been learned since.
    this.assertTransaction(reading);
    this.assertAgrees();
    return reading.said;
  }

  /** Reads the database's clock. */
  async read(manager: EntityManager): Promise<Reading> {
    const asked = monotonicNow();
    const said = await databaseTime(manager);
    const reading = { said, asked, answered: monotonicNow() };
    this.learn(reading);
    return reading;
  }
}
