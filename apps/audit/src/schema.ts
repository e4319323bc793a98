import type { Schema } from '@ankasecure/service-kit';
import { EventDedup } from './event/event-dedup.entity.js';
import * as migrations from './migrations/index.js';
import { SealedEvent } from './trail/sealed-event.entity.js';
import { TrailHead } from './trail/trail-head.entity.js';

export const schema: Schema = {
  entities: [SealedEvent, TrailHead, EventDedup],
  migrations: Object.values(migrations),
  outbox: 'none',
};
