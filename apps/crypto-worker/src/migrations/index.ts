export { Initial1763900000000 } from './1763900000000-initial.js';
export { Lifecycle1764000000000 } from './1764000000000-lifecycle.js';
