import { Module } from '@nestjs/common';
import { OutcomeModule } from '../outcome/outcome.module.js';
import { ChangeGrants } from './change-grants.js';
import { GrantController } from './grant.controller.js';

/** The rights that tenants grant on their keys. */
@Module({ imports: [OutcomeModule], controllers: [GrantController], providers: [ChangeGrants] })
export class GrantModule {}
