import { main } from '@ankasecure/service-kit/main';

main('audit migration', async () => {
  const { migrate } = await import('@ankasecure/service-kit');
  const { schema } = await import('./schema.js');
  await migrate('audit', schema);
});
