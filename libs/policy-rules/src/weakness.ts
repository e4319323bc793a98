/** The objection to `name` if its security strength is below what the policy requires. Both are in bits. */
export const weakness = (name: string, bits: number, minimum: number): { readonly detail: string } | undefined =>
  bits >= minimum
    ? undefined
    : {
        detail: `${name} has ${bits} bits of security strength; the tenant’s policy requires at least ${minimum}`,
      };
