export * from './canonical.js';
export * from './chain.js';
export * from './chain-seal.js';
export * from './coverage.js';
export * from './leaf.js';
export * from './mac-day.js';
export * from './multiset.js';
export * from './record-index.js';
