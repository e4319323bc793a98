import type { DynamicModule, ValueProvider } from '@nestjs/common';

/** A class that stands for a value, such as a section of the configuration. */
type Token<Value> = abstract new (...parts: never[]) => Value;

/** Provides `value` under the class `token`, which constructors name as a parameter's type. */
export const provided = <Value>(token: Token<Value>, value: Value): ValueProvider<Value> => ({
  provide: token,
  useValue: value,
});

/** Offers values that are known before Nest starts, such as sections of the configuration, to every module. */
export class ConfigModule {
  static of(...providers: ValueProvider[]): DynamicModule {
    return { module: ConfigModule, global: true, providers, exports: providers };
  }
}
