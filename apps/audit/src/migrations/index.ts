export { Trail1763900000000 } from './1763900000000-trail.js';
