/** The end of a version that ends now, or has ended. */
export const endedBy = (now: Date, deactivateAt: Date | null): Date =>
  deactivateAt !== null && deactivateAt < now ? deactivateAt : now;

/** The columns that hold a version's material, as its destruction leaves them. */
export const withoutMaterial = {
  wrappedBlob: null,
  wrappedMac: null,
  kekGeneration: null,
  rewrapFailure: null,
  sealedKey: null,
};
