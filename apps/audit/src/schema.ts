import type { Schema } from '@ankasecure/service-kit';
import { TrailAnchorRecord } from './anchor/trail-anchor.entity.js';
import { CheckpointRecord } from './checkpoint/store/checkpoint.entity.js';
import { TreeTileRecord } from './checkpoint/store/tree-tile.entity.js';
import { TreeWalkRecord } from './checkpoint/store/tree-walk.entity.js';
import { ConnectorRecord } from './connector/store/connector.entity.js';
import { ConnectorCursor } from './connector/store/connector-cursor.entity.js';
import { DeadLetter } from './connector/store/dead-letter.entity.js';
import { EventDedup } from './event/event-dedup.entity.js';
import * as migrations from './migrations/index.js';
import { RecordHead } from './record/record-head.entity.js';
import { RecordIndexRecord } from './record/record-index.entity.js';
import { RecordPosition } from './record/record-position.entity.js';
import { SealedEvent } from './trail/sealed-event.entity.js';
import { TrailHead } from './trail/trail-head.entity.js';

export const schema: Schema = {
  entities: [
    SealedEvent,
    TrailHead,
    EventDedup,
    RecordHead,
    RecordPosition,
    RecordIndexRecord,
    TrailAnchorRecord,
    CheckpointRecord,
    TreeTileRecord,
    TreeWalkRecord,
    ConnectorRecord,
    ConnectorCursor,
    DeadLetter,
  ],
  migrations: Object.values(migrations),
  outbox: 'none',
};
