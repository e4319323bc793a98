import { Module } from '@nestjs/common';
import { CustodyModule } from '../custody/custody.module.js';
import { LeaseModule } from '../lease/lease.module.js';
import { ObjectDestroyer } from './destroy-object.js';
import { Intents } from './intent.js';
import { ObjectMaker } from './make-object.js';

/** Makes and destroys objects in the HSM, with an intent for each. */
@Module({
  imports: [CustodyModule, LeaseModule],
  providers: [Intents, ObjectMaker, ObjectDestroyer],
  exports: [Intents, ObjectMaker, ObjectDestroyer],
})
export class ObjectModule {}
