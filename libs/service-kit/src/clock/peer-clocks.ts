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
  /** It agrees with its own database. */
  readonly sound: boolean;
}

interface Peer extends Pick<PeerSkew, 'service' | 'sound'> {
  readonly clock: RemoteClock;
}

/** The clocks of the processes that answer this one. A request now and then asks for the clock, and the reply's head tells it. */
export class PeerClocks {
  private readonly clocks = new BoundedMap<string, Peer>(mostProcesses);
  private readonly askedAt = new BoundedMap<string, number>(mostSubjects);

  /** Tells whether this process agrees with its own database, for its replies. */
  isSound: () => boolean = () => true;

  /** Tells whether a request on `subject` should ask for the clock now. It counts as asked. */
  asks(subject: string): boolean {
    const now = monotonicNow();
    if (now - (this.askedAt.get(subject) ?? Number.NEGATIVE_INFINITY) < askEveryMs) return false;
    this.askedAt.set(subject, now);
    return true;
  }

  learn({ service, instance, at, sound }: ClockReading, asked: number, answered: number): void {
    const clock = this.clocks.get(instance)?.clock ?? new RemoteClock();
    clock.learn({ said: at, asked, answered });
    this.clocks.set(instance, { service, clock, sound });
  }

  /** The processes heard of late. */
  skews(wall = Date.now()): readonly PeerSkew[] {
    return [...this.clocks.values()]
      .filter(({ clock }) => clock.isKnown(heardMs))
      .map(({ service, clock, sound }) => ({ service, sound, aheadMs: clock.aheadMs(wall) }));
  }
}
