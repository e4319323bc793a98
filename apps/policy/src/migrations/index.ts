export { Initial1763900000000 } from './1763900000000-initial.js';
