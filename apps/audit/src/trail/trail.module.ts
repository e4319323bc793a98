import { Module } from '@nestjs/common';
import { MonthPartitions } from './month-partition.js';
import { TrailReader } from './trail-reader.js';

/** Reads the stored trail, and keeps its partitions ahead of the clock. */
@Module({ providers: [TrailReader, MonthPartitions], exports: [TrailReader] })
export class TrailModule {}
