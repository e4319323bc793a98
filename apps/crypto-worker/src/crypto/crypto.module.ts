import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { OperationModule } from '../operation/operation.module.js';
import { PolicyModule } from '../policy/policy.module.js';
import { CryptoController } from './crypto.controller.js';
import { RandomBytes } from './random-bytes.js';
import { Verbs } from './verbs.js';

/** Serves the crypto routes: those that use one key, and those that use several for one item. */
@Module({
  imports: [CustodyModule, OperationModule, PolicyModule],
  controllers: [CryptoController],
  providers: [RandomBytes, Verbs],
})
export class CryptoModule {}
