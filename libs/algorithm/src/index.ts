export * from './algorithm.js';
export * from './jose.js';
