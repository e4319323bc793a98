import type { ClockReading, Service } from '@ankasecure/contracts';
import { monotonicNow } from '@ankasecure/contracts';
import { BoundedMap } from '../memory/bounded-map.js';
import { RemoteClock } from './remote-clock.js';

/** The time between two questions on one subject, in milliseconds. */
const askEveryMs = 1_000;
/** The time for which a process counts after its last answer, in milliseconds. */
const heardMs = 120_000;
const mostProcesses = 1_000;
const mostSubjects = 1_000;

/** Another process, and how far this process's clock is ahead of its clock. */
export interface PeerSkew {
  readonly service: Service;
  readonly aheadMs: number;
}

/** The clocks of the processes that answer this one. A request now and then asks for the clock, and the reply's head tells it. */
export class PeerClocks {
  private readonly clocks = new BoundedMap<string, { readonly service: Service; readonly clock: RemoteClock }>(
    mostProcesses,
  );
  private readonly askedAt = new BoundedMap<string, number>(mostSubjects);

  /** Tells whether a request on `subject` should ask for the clock now. It counts as asked. */
  asks(subject: string): boolean {
    const now = monotonicNow();
    if (now - (this.askedAt.get(subject) ?? Number.NEGATIVE_INFINITY) < askEveryMs) return false;
    this.askedAt.set(subject, now);
    return true;
  }

  learn({ service, instance, at }: ClockReading, asked: number, answered: number): void {
    const known = this.clocks.get(instance) ?? { service, clock: new RemoteClock() };
    known.clock.learn({ said: at, asked, answered });
    this.clocks.set(instance, known);
  }

  /** The processes heard of late. */
  skews(wall = Date.now()): readonly PeerSkew[] {
    return [...this.clocks.values()]
      .filter(({ clock }) => clock.isKnown(heardMs))
      .map(({ service, clock }) => ({ service, aheadMs: clock.aheadMs(wall) }));
  }
}
