export { Initial1763900000000 } from './1763900000000-initial.js';
export { Grant1764200000000 } from './1764200000000-grant.js';
export { TokenSigning1764300000000 } from './1764300000000-token-signing.js';
