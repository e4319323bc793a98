import { Logger } from '@ankasecure/service-kit';
import { Injectable } from '@nestjs/common';
import { Gauge, Registry } from 'prom-client';

/** Rounds in a row without a proof after which a trail raises the alarm: some three minutes. */
const mostRounds = 3;

/** Counts the rounds in which the end of a trail was not proved, so that it was not anchored there. */
@Injectable()
export class UnprovenTrails {
  private rounds: ReadonlyMap<string, number> = new Map();

  constructor(
    private readonly log: Logger,
    registry: Registry,
  ) {
    const gauge: Gauge = new Gauge({
      name: 'ankasecure_trails_unproven',
      help: 'Trails whose ends this process could not prove for three rounds or more, so that they are not anchored there',
      registers: [registry],
      collect: () => gauge.set(this.overdue),
    });
  }

  /** The number of trails that have waited for too long. */
  get overdue(): number {
    return [...this.rounds.values()].filter((rounds) => rounds >= mostRounds).length;
  }

  /** Takes the tenants whose trails a round has left unproved: all of them. */
  note(tenantIds: ReadonlySet<string>): void {
    this.rounds = new Map([...tenantIds].map((tenantId) => [tenantId, (this.rounds.get(tenantId) ?? 0) + 1]));
    for (const [tenantId, rounds] of this.rounds)
      if (rounds === mostRounds)
        this.log.error({ alarm: 'trail-unproven', tenantId, rounds }, 'the end of a trail is not proved');
  }
}
