import { Module } from '@nestjs/common';
import { AnchorModule } from '../anchor/anchor.module.js';
import { MacModule } from '../mac/mac.module.js';
import { ReporterModule } from '../reporter/reporter.module.js';
import { TrailModule } from '../trail/trail.module.js';
import { CheckpointController } from './checkpoint.controller.js';
import { CheckpointSource } from './checkpoint-source.js';
import { MakeCheckpoint } from './make-checkpoint.js';
import { ProvenEnds } from './proven-end.js';
import { ReadTree } from './read-tree.js';
import { CheckpointMetrics } from './round/checkpoint-metrics.js';
import { CheckpointRounds } from './round/checkpoint-rounds.js';
import { SignedNotes } from './signed-notes.js';
import { CheckpointDatabase } from './store/checkpoint-database.js';

/** The trees over the trails, and their signed checkpoints. */
@Module({
  imports: [AnchorModule, MacModule, ReporterModule, TrailModule],
  controllers: [CheckpointController],
  providers: [
    CheckpointDatabase,
    CheckpointSource,
    ProvenEnds,
    SignedNotes,
    MakeCheckpoint,
    ReadTree,
    CheckpointMetrics,
    CheckpointRounds,
  ],
})
export class CheckpointModule {}
