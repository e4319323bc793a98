import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { KeyStore } from './key-store.js';

/** The record of keys. */
@Module({ imports: [CustodyModule], providers: [KeyStore], exports: [KeyStore] })
export class KeyModule {}
