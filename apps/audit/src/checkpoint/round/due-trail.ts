import { BoundedMap } from '@ankasecure/service-kit';
import type { DueTrail } from '../store/checkpoint.sql.js';

/** A checkpoint is made for this many new events, or for one when the last checkpoint is this old. A look and a signature later it is 10 s old. */
const mostEvents = 1_000;
const mostAgeMs = 8_000;
/** A trail that is this far behind may take more than one part of a walk. */
const longWay = 5 * mostEvents;
const capacity = 100_000;

/** Whether a trail needs a checkpoint now. */
export const isDue = ({ seq, size, ageMs }: DueTrail): boolean =>
  seq > size && (size === 0 || ageMs >= mostAgeMs || seq - size >= mostEvents);

const isLong = ({ seq, size }: DueTrail): boolean => seq - size > longWay;

/** Chooses the trails of a round, so that those that are far behind hold up no others. */
export class RoundOrder {
  private round = 0;
  /** The rounds in which long ways were walked last. */
  private readonly walkedIn = new BoundedMap<string, number>(capacity);

  /** All trails that are a short way behind, after one of the others: the one whose turn was longest ago. */
  choose(due: readonly DueTrail[]): readonly DueTrail[] {
    const turnOf = ({ tenantId }: DueTrail): number => this.walkedIn.get(tenantId) ?? 0;
    const [next] = due.filter(isLong).toSorted((a, b) => turnOf(a) - turnOf(b));
    if (next !== undefined) this.walkedIn.set(next.tenantId, ++this.round);
    return [...(next === undefined ? [] : [next]), ...due.filter((trail) => !isLong(trail))];
  }
}
