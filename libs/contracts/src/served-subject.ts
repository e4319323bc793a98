/**
 * The subject that a request arrived on. It proves who asked where only some callers may publish it. The server sets it. It has
 * no JSON form, so it is never sent.
 */
export class ServedSubject {
  constructor(readonly name: string) {}

  toJSON(): undefined {
    return undefined;
  }
}
