import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyController } from './key.controller.js';
import { ReadKeySet } from './key-set.js';
import { KeyStore } from './key-store.js';
import { ReadUsage } from './key-usage.js';
import { ReadKey } from './read-key.js';

/** The records of keys. */
@Module({
  imports: [CustodyModule],
  controllers: [KeyController],
  providers: [KeyStore, ReadKey, ReadUsage, ReadKeySet],
  exports: [KeyStore],
})
export class KeyModule {}
