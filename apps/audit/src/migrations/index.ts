export { Trail1763900000000 } from './1763900000000-trail.js';
export { Heartbeat1770600000000 } from './1770600000000-heartbeat.js';
