import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { PartitionRole } from './partition-role.js';
import { StepAside } from './step-aside.js';
import { WellWorkers } from './well-worker.js';

/** The workers of a partition, and which of them serve. */
@Module({ imports: [CustodyModule], providers: [PartitionRole, WellWorkers, StepAside], exports: [StepAside] })
export class GroupModule {}
