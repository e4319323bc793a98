import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { AnkaError, monotonicNow, newId } from '@ankasecure/contracts';
import { BoundedMap, RetriedFailure } from '@ankasecure/service-kit';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { MacSource } from '../../mac/mac-source.js';
import type { Connector } from '../connector.js';
import {
  advanceLane,
  claimLane,
  connectorLags,
  type Hold,
  isOwnLane,
  type Lane,
  type LaneStart,
  lanesDue,
  releaseLane,
  renewLease,
} from '../store/cursor.sql.js';
import { Breaker } from './breaker.js';
import { ConfiguredConnectors } from './configured-connectors.js';
import { ConnectorSurroundings } from './connector-surroundings.js';
import { type Delivered, deliverSlice } from './deliver-lane.js';
import { DeliveryDatabase } from './delivery-database.js';
import { endedWithin } from './ended-within.js';
import { markingRepeats } from './marked-repeat.js';
import { freshLane, type LaneState, nextStep, pauseMs } from './next-step.js';

const everyMs = 1_000;
/** A third of the lease. */
const renewMs = 2_000;
/** Deliveries at once. Each holds a slice of the trail in memory, of 8 MiB and one event at most. */
const atOnce = { inAll: 16, perConnector: 4 };
/** The time after which a delivery leaves its place to another lane, in milliseconds. */
const turnMs = 60_000;
const capacity = 100_000;
const farewellMs = 3_000;

const random = (): number => randomInt(2 ** 32) / 2 ** 32;

/** One delivery of a lane. */
interface Delivery {
  readonly name: string;
  readonly lane: Lane;
  readonly hold: Hold;
  readonly abort: AbortController;
}

/** `idle`: the connector delivers nothing for now. Undefined: the lane waits, or is another's. */
type Result = Pick<Delivered, 'isWell' | 'delivered'> | 'idle' | undefined;

/**
 * Delivers what is sealed: each tenant's events through each connector, in their order, at least once. A receiver that is away holds up
 * no other receiver, no sealing and no operation: its cursor waits in the database. Of several audit processes, one delivers a lane
 * at a time; if it dies, another goes on when its lease is over.
 */
@Injectable()
export class DeliveryRounds implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly running = new Map<string, { readonly done: Promise<void>; readonly abort: AbortController }>();
  private readonly states = new BoundedMap<string, LaneState>(capacity);
  private readonly breakers = new BoundedMap<string, Breaker>(capacity);
  private readonly failure: RetriedFailure;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isStopping = false;

  constructor(
    private readonly database: DeliveryDatabase,
    private readonly macs: MacSource,
    private readonly connectors: ConfiguredConnectors,
    private readonly about: ConnectorSurroundings,
  ) {
    this.failure = new RetriedFailure(about.log, {
      failed: 'sealed events cannot be delivered now',
      over: 'sealed events are delivered again',
    });
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.look(), everyMs);
    this.about.metrics.readLags(() => connectorLags(this.database.dataSource));
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.timer);
    for (const { abort } of this.running.values()) abort.abort();
    const ended = Promise.all([this.looking, ...[...this.running.values()].map(({ done }) => done)]);
    await Promise.race([ended, delay(farewellMs, undefined, { ref: false })]);
    this.connectors.close();
  }

  /** Starts what is due and has a place. */
  look(): Promise<void> {
    this.looking ??= this.start()
      .then(
        () => this.failure.succeeded(),
        (error: unknown) => this.failure.failed(error as Error),
      )
      .finally(() => {
        this.looking = undefined;
      });
    return this.looking;
  }

  private async start(): Promise<void> {
    if (!this.hasRoom()) return;
    for (const lane of await lanesDue(this.database.dataSource, this.connectors.idle())) {
      const name = `${lane.tenantId} ${lane.connectorId}`;
      if (!this.hasRoom()) return;
      if (!isOwnLane(lane)) {
        this.connectors.refuse(lane);
        continue;
      }
      const breaker = this.breakerOf(lane.connectorId);
      if (!this.running.has(name) && breaker.enter(atOnce.perConnector)) this.run(name, lane, breaker);
    }
  }

  private hasRoom(): boolean {
    return !this.isStopping && this.running.size < atOnce.inAll;
  }

  private breakerOf(connectorId: string): Breaker {
    const breaker = this.breakers.get(connectorId) ?? new Breaker();
    this.breakers.set(connectorId, breaker);
    return breaker;
  }

  private run(name: string, lane: Lane, breaker: Breaker): void {
    const abort = new AbortController();
    const delivery = { name, lane, abort, hold: [lane.tenantId, lane.connectorId, newId()] as const };
    let isGoing = false;
    const done = this.deliverInTime(delivery)
      .then(
        (result) => {
          if (result !== 'idle' && result?.isWell !== undefined) breaker.note(result.isWell);
          isGoing = result === 'idle' || (result?.delivered ?? 0) > 0;
        },
        (error: unknown) => this.failure.failed(error as Error),
      )
      .finally(() => {
        breaker.leave();
        this.running.delete(name);
        // A lane that is well goes on at once. An idle connector leaves its place. Anything else waits for the next round.
        if (isGoing) void this.look();
      });
    this.running.set(name, { done, abort });
  }

  /** A delivery that does not end loses its lane and its place: whatever holds it up, other lanes and the next attempt do not wait. */
  private async deliverInTime(delivery: Delivery): Promise<Result> {
    const { patienceMs } = this.about;
    const result = await endedWithin(this.deliver(delivery), patienceMs);
    return result === 'unended'
      ? this.giveUp(delivery, `The delivery did not end within ${patienceMs / 1000} s.`)
      : result;
  }

  private async giveUp(delivery: Delivery, reason: string): Promise<Result> {
    const { lane, hold, abort } = delivery;
    abort.abort();
    this.connectors.discard(lane.owner, lane.connectorId);
    const about = { tenantId: lane.tenantId, connector: lane.connectorId };
    this.about.log.error(about, 'a delivery did not end in time and was given up');
    await this.wait(delivery, reason);
    await releaseLane(this.database.dataSource, hold);
    return { isWell: false, delivered: 0 };
  }

  /** Has the lane tried again later. */
  private async wait({ name, hold }: Delivery, reason: string): Promise<void> {
    const { state, waitMs } = nextStep(this.states.get(name) ?? freshLane, 1, { result: 'retry', reason }, random);
    this.states.set(name, state);
    await advanceLane(this.database.dataSource, hold, { dead: [], waitMs, fault: reason, isPaused: false });
  }

  private async deliver(delivery: Delivery): Promise<Result> {
    const { lane, hold, abort } = delivery;
    const found = await this.connectors.find(lane.owner, lane.connectorId);
    if (found === 'unused') return 'idle';
    const { dataSource } = this.database;
    const start = abort.signal.aborted ? undefined : await claimLane(dataSource, hold);
    if (start === undefined) return undefined;
    const lease = setInterval(() => void this.renew(hold, abort), renewMs);
    try {
      if ('fault' in found) {
        const { fault } = found;
        await advanceLane(dataSource, hold, { dead: [], waitMs: pauseMs, fault, isPaused: true });
        this.tell(lane, { delivered: 0, dead: 0, differs: false, isPaused: true, fault });
        return undefined;
      }
      return await this.deliverHeld(delivery, found.connector, start);
    } catch (error) {
      const code = error instanceof AnkaError ? error.code : 'internal-error';
      await this.wait(delivery, `The events could not be read and proved: ${code}`);
      throw error;
    } finally {
      clearInterval(lease);
      await releaseLane(dataSource, hold);
    }
  }

  private async deliverHeld(
    { name, lane, hold, abort: { signal } }: Delivery,
    connector: Connector,
    start: LaneStart,
  ): Promise<Delivered> {
    const parts = { dataSource: this.database.dataSource, macs: this.macs, random };
    const [state, until] = [this.states.get(name) ?? freshLane, monotonicNow() + turnMs];
    const result = await deliverSlice(parts, markingRepeats(connector, start), {
      lane,
      hold,
      start,
      state,
      signal,
      until,
    });
    if (!signal.aborted) this.states.set(name, result.state);
    this.tell(lane, result);
    return result;
  }

  private tell({ tenantId, connectorId: connector }: Lane, result: Omit<Delivered, 'state' | 'isWell'>): void {
    const { delivered, dead, differs, isPaused, fault } = result;
    const { log, metrics } = this.about;
    metrics.count(connector, { delivered, dead, differs });
    const about = { tenantId, connector, reason: fault };
    if (differs)
      log.error(
        { alarm: 'connector-trail', ...about },
        'a tenant’s events are not delivered: they are not those that were sealed',
      );
    else if (isPaused)
      log.error({ alarm: 'connector-paused', ...about }, 'a connector delivers nothing until it is put right');
    if (dead > 0)
      log.error({ alarm: 'connector-dead-letter', ...about, events: dead }, 'a receiver refuses events for good');
  }

  private async renew(hold: Hold, abort: AbortController): Promise<void> {
    if (abort.signal.aborted) return;
    const isHeld = await renewLease(this.database.dataSource, hold).catch(() => undefined);
    // Without an answer, the lease is over when the database says so: the cursor does not move then.
    if (isHeld === false) abort.abort();
  }
}
