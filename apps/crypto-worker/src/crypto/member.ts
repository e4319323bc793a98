/** The members of an item that no schema has checked yet; none of anything but an object. */
export const membersOf = (item: unknown): Readonly<Record<string, unknown>> =>
  typeof item === 'object' && item !== null ? (item as Readonly<Record<string, unknown>>) : {};
