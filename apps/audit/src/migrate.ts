import { main, migrate } from '@ankasecure/service-kit';
import { schema } from './schema.js';

main('audit migration', () => migrate('audit', schema));
