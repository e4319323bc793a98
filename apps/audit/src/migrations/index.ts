export { Trail1763900000000 } from './1763900000000-trail.js';
export { RecordHead1770300000000 } from './1770300000000-record-head.js';
export { TrailAnchor1770300100000 } from './1770300100000-trail-anchor.js';
export { RecordIndex1770300200000 } from './1770300200000-record-index.js';
export { LostHeads1770300300000 } from './1770300300000-lost-heads.js';
export { Heartbeat1770600000000 } from './1770600000000-heartbeat.js';
export { AcceptedAnchor1772300000000 } from './1772300000000-accepted-anchor.js';
export { MonthPartition1772300100000 } from './1772300100000-month-partition.js';
