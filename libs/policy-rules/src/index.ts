export { type Difference, differences } from './difference.js';
export * from './document.js';
export { type ControlledDeed, wantsTwo } from './dual-control.js';
export * from './evaluate.js';
export { relaxes } from './relax.js';
export * from './request.js';
export { missingLabels, type Reason, type RuleName, tenantPolicy } from './rule.js';
export * from './template.js';
export type { Warning } from './warning.js';
