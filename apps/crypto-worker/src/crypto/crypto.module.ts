import { Module } from '@nestjs/common';
import { OperationModule } from '../operation/operation.module.js';
import { CryptoController } from './crypto.controller.js';
import { Reencrypt } from './reencrypt.js';

/** Serves the crypto routes: those that use one key, and those that use several for one item. */
@Module({ imports: [OperationModule], controllers: [CryptoController], providers: [Reencrypt] })
export class CryptoModule {}
