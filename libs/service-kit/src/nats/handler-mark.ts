/** Nest's metadata key for the extras of a message pattern. */
const extrasKey = 'microservices:pattern_extras';

/** Adds to a method's extras. It works above and below `@MessagePattern`. */
const markHandler =
  (mark: object): MethodDecorator =>
  (_target, _name, descriptor) => {
    const method = descriptor.value as object;
    Reflect.defineMetadata(extrasKey, { ...(Reflect.getMetadata(extrasKey, method) as object), ...mark }, method);
  };

/**
 * Marks a method that answers dry runs: it reads `context.dryRun` and may return a `DryRun`. Without this mark a dry run is
 * refused before the method runs.
 */
export const AnswersDryRuns = (): MethodDecorator => markHandler({ answersDryRuns: true });

/** Adds the method to a group that `BusServer.pause(name)` takes out of service and `resume(name)` puts back. */
export const PauseGroup = (name: string): MethodDecorator => markHandler({ pauseGroup: name });
