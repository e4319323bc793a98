import { FastifyAdapter } from '@nestjs/platform-fastify';

/** Nest's adapter without its error pages: problems are made in one place, which is ours. */
export class OwnErrorsAdapter extends FastifyAdapter {
  override setErrorHandler(): ReturnType<FastifyAdapter['setErrorHandler']> {
    return this.instance;
  }

  override setNotFoundHandler(): ReturnType<FastifyAdapter['setNotFoundHandler']> {
    return this.instance;
  }
}
