import { Module } from '@nestjs/common';
import { OutcomeModule } from '../outcome/outcome.module.js';
import { AliasController } from './alias.controller.js';
import { KeyAliases } from './key-alias.js';

/** The names that tenants give their keys. */
@Module({ imports: [OutcomeModule], controllers: [AliasController], providers: [KeyAliases] })
export class AliasModule {}
