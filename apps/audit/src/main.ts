import { main } from '@ankasecure/service-kit/main';

main('audit', async () => (await import('./start.js')).start());
