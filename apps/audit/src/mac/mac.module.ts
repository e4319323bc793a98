import { Module } from '@nestjs/common';
import { ReporterModule } from '../reporter/reporter.module.js';
import { MacSource } from './mac-source.js';

/** Gets MACs from the crypto workers. */
@Module({ imports: [ReporterModule], providers: [MacSource], exports: [MacSource] })
export class MacModule {}
