import { Module } from '@nestjs/common';
import { MacSource } from './mac-source.js';

/** Gets MACs from the crypto workers. */
@Module({ providers: [MacSource], exports: [MacSource] })
export class MacModule {}
