import { monotonicNow } from '@ankasecure/contracts';
import { BoundedMap } from '../../memory/bounded-map.js';
import { memberLiveness } from '../in-flight/liveness.js';
import { Pulse } from '../in-flight/pulse.js';

const mostGroups = 1_000;
const mostMembers = 1_000;

/** A process of a group, and the questions in a row that it has not answered. */
interface Member {
  readonly instance: string;
  unanswered: number;
}

interface Group {
  readonly name: string;
  readonly members: BoundedMap<string, Member>;
  /** When the bus last said that a member is gone, as a moment of `monotonicNow`. */
  goneAt: number;
  /** The members that are not silent. */
  live: readonly Member[];
  /** The pulses since it was last asked for anything. */
  unused: number;
  /** The pulses since it has been in use without a pause. */
  used: number;
}

/** The part of the bus that `Members` needs. */
export interface MemberBus {
  isConnected(): boolean;
  /** Asks all processes of a group who they are. */
  find(group: string): void;
  /** Asks a process whether it is alive. */
  ask(group: string, instance: string): void;
  /** A process has begun to be silent, or has ended to be. */
  changed(group: string, instance: string, silent: boolean): void;
}

/**
 * The processes that share the requests of a group, as far as this process has had answers from them. Each is asked whether it is
 * alive while the group is in use. The bus goes on to share requests with a process that stands still. While one is silent,
 * requests therefore go to one of the others by its own subject. When the bus says that a silent one is gone, all is as before.
 *
 * Non-goal: a process that stood still before this one had any answer from it. Nothing tells it from one that never was.
 */
export class Members {
  private readonly groups = new BoundedMap<string, Group>(mostGroups);
  private readonly pulse: Pulse;
  /** Counts the requests that were given to single members, so that those of a group get the same number. */
  private turn = 0;

  constructor(
    private readonly bus: MemberBus,
    private readonly liveness = memberLiveness,
  ) {
    this.pulse = new Pulse(liveness.everyMs, () => this.askAll());
  }

  /** @returns the process to which the group's next request is sent, or undefined for any */
  choose(name: string): string | undefined {
    const { live, members } = this.use(name);
    return live.length < members.size ? live[this.turn++ % live.length]?.instance : undefined;
  }

  /**
   * Tells whether no process of the group has answered anything for so long that a request would wait in vain. The bus cannot tell:
   * it goes on to hand requests to processes that stand still. They are asked on, so the first answer ends it.
   */
  isAway(name: string): boolean {
    const { live, members, used } = this.use(name);
    const { mostUnansweredByAll: most } = this.liveness;
    if (live.length > 0 || members.size === 0 || used <= most) return false;
    return [...members.values()].every(({ unanswered }) => unanswered > most);
  }

  /**
   * Tells whether a request to the group may be with a process that is gone, or with a silent one while others would have answered.
   * @param asked when it was sent, as a moment of `monotonicNow`
   */
  isSuspect(name: string, asked: number): boolean {
    const group = this.groups.get(name);
    if (group === undefined) return false;
    const { live, members, goneAt } = group;
    return asked < goneAt || (live.length > 0 && live.length < members.size);
  }

  /** A process of the group has answered something. */
  heard(name: string, instance: string): void {
    const group = this.groups.get(name) ?? this.newGroup(name);
    const member = group.members.get(instance);
    if (member?.unanswered === 0) return;
    const wasSilent = member !== undefined && this.isSilent(member);
    if (member === undefined) group.members.set(instance, { instance, unanswered: 0 });
    else member.unanswered = 0;
    this.sort(group);
    if (wasSilent) this.bus.changed(name, instance, false);
  }

  /** The bus says that nobody listens at the process's subjects. */
  gone(name: string, instance: string): void {
    const group = this.groups.get(name);
    if (group?.members.delete(instance) !== true) return;
    group.goneAt = monotonicNow();
    this.sort(group);
  }

  private use(name: string): Group {
    const group = this.groups.get(name) ?? this.newGroup(name);
    if (group.unused >= this.liveness.askedFor) group.used = 0;
    group.unused = 0;
    this.pulse.start();
    return group;
  }

  private newGroup(name: string): Group {
    const members = new BoundedMap<string, Member>(mostMembers);
    const group: Group = { name, members, goneAt: Number.NEGATIVE_INFINITY, live: [], unused: 0, used: 0 };
    this.groups.set(name, group);
    this.pulse.start();
    return group;
  }

  private isSilent({ unanswered }: Member): boolean {
    return unanswered > this.liveness.mostUnanswered;
  }

  private sort(group: Group): void {
    group.live = [...group.members.values()].filter((member) => !this.isSilent(member));
  }

  /** @returns whether any group is in use */
  private askAll(): boolean {
    if (!this.bus.isConnected()) return true;
    const used = [...this.groups.values()].filter((group) => group.unused++ < this.liveness.askedFor);
    for (const group of used) {
      group.used++;
      for (const member of group.members.values()) this.askOne(group, member);
      this.bus.find(group.name);
    }
    return used.length > 0;
  }

  private askOne(group: Group, member: Member): void {
    const wasSilent = this.isSilent(member);
    member.unanswered++;
    if (!wasSilent && this.isSilent(member)) {
      this.sort(group);
      this.bus.changed(group.name, member.instance, true);
    }
    this.bus.ask(group.name, member.instance);
  }
}
