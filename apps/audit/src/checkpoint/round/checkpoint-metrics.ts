import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { DueTrail } from '../store/checkpoint.sql.js';

/** Counts checkpoints, and shows how far they are behind the trails. */
@Injectable()
export class CheckpointMetrics {
  readonly signed: Counter;
  readonly failed: Counter<'code'>;
  private readonly behind: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.signed = new Counter({ name: 'ankasecure_audit_checkpoints_total', help: 'Checkpoints signed', registers });
    this.failed = new Counter({
      name: 'ankasecure_audit_checkpoints_failed_total',
      help: 'Checkpoints that could not be made, by the code of the error',
      labelNames: ['code'],
      registers,
    });
    // A counter that begins with its first failure would hide that failure from rate().
    for (const code of ['record-forged', 'record-outdated']) this.failed.inc({ code }, 0);
    this.behind = new Gauge({
      name: 'ankasecure_audit_checkpoint_age_seconds',
      help: 'Age of the oldest checkpoint among those whose trails have grown since; 0 if none has',
      registers,
    });
  }

  noteBehind(trails: readonly DueTrail[]): void {
    this.behind.set(Math.max(0, ...trails.map(({ ageMs }) => ageMs)) / 1000);
  }
}
