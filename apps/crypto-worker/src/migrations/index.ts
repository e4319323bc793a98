export { Initial1763900000000 } from './1763900000000-initial.js';
export { Lifecycle1764000000000 } from './1764000000000-lifecycle.js';
export { Destruction1764000100000 } from './1764000100000-destruction.js';
export { Rotation1764000200000 } from './1764000200000-rotation.js';
export { Usage1764000300000 } from './1764000300000-usage.js';
export { RotationPolicy1764000400000 } from './1764000400000-rotation-policy.js';
export { Description1764000500000 } from './1764000500000-description.js';
export { Wrapped1764400000000 } from './1764400000000-wrapped.js';
