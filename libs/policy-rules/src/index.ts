export * from './document.js';
export * from './evaluate.js';
